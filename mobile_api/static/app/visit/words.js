// The words of one visit: getting ready, photos, finishing, and when it cannot be done.

export const WORDS = {
  zh: {
    visit: {
      gone: "这一单不在您的行程里了", gone_more: "可能改派或改期了。您已记录的内容都会照常上传。", to_day: "回到今天的行程",
      get_ready: "出发前确认", arrive: "我到了", locating: "正在定位…", next_photo: "拍：{name}", finish: "去完成", cannot: "无法完成", call: "打电话", close: "关闭",
      arrived_at: "{time} 到达", from_address: "距地址 {away}", m: "{m} 米", approximate: "地址位置是估计的，请先打电话确认。", together: "与{name}一起上门", order: "订单 {number}",
      before: "上次没装成", price: "已和客户定好的价格", price_more: "除价目表外，不得另外收费。", price_nothing: "客户无需付款", total: "合计",
      goods_here: "货已到仓", goods_not: "货还没到仓", confirmed: "客户已确认时间", unconfirmed: "客户还没确认时间",
      done_at: "{time} 完成", second_booked: "约下次上门", missing: "还缺：{names}", comma: "、",
      ready: {
        title: "出发前确认", goods: "货到了吗？", goods_hint: "看外箱：有没有破、湿、压扁。", whole: "完好", damaged: "有损坏", missing: "没到",
        consumer: "客户在家等吗？", reached: "已确认", "not-reached": "没打通", parts: "配件都上车了吗？", parts_count: "{n} 件", all: "全选",
        go: "出发", stop: "报告无法上门", still: "还没确认：{names}", goods_short: "货", consumer_short: "客户", parts_missing: "有配件没勾，到现场可能装不成。", not_reached_more: "没打通也可以出发，到之前再打一次。", trouble_more: "货有问题就别白跑一趟：先告诉调度。",
      },
      shot: {
        title: "照片", count: "{done}/{all}", required: "必拍", optional: "选拍", retake: "重拍", take: "拍照", keep: "用这张", keep_anyway: "就用这张", clear: "看得清楚吗？", starting: "正在打开相机…", torch: "手电筒", album: "用系统相机", no_camera: "这里打不开相机预览，请用系统相机拍。", unreadable: "这张照片读不出来，请重新拍。", kept: "已存：{name}", then: "下一张：{name}",
        dark: "太暗了。开灯或打开手电筒再拍。", blurred: "好像拍糊了。拿稳了再拍一张。", alike: "和“{name}”那张几乎一样，拍对了吗？", far: "这里离地址有 {away}，是在现场拍的吗？",
        looks: { dark: "太暗", blurred: "拍糊了" }, of_surcharge: "凭证：{name}",
      },
      end: {
        title: "完成", photos: "照片", checklist: "检查清单", serial: "序列号", surcharges: "加收项目", signature: "客户签字", code: "验收码", note: "备注（可不填）", note_hint: "给办公室看的，客户看不到。",
        next: "下一步：{name}", complete: "完成", completed: "已完成，辛苦了！", optional: "可不填", done: "好了", all_photos: "必拍的都拍了",
        scan: "扫条码", by_hand: "或手动输入", save: "保存", change: "修改", read_by: { camera: "相机扫的", hand: "手动输入" }, serial_hint: "在铭牌或外箱上", serial_wrong: "最多 80 个字，不能有特殊符号。",
        aim: "把条码放进框里", looking: "正在找条码…", decoder: "正在准备识别…", no_decoder: "这部手机现在识别不了条码，请手动输入。",
        price_list: "只能按价目表收，客户点头才算。", each: "{amount}/件 · 最多 {most} 件", less: "{name} 减一件", more: "{name} 加一件", photo_needed: "要拍凭证", photo_taken: "凭证已拍", show: "给客户看", changed: "数量改了，要客户再看一次", already: "客户已同意 {amount}",
        sign: "请客户签字", sign_again: "重签",
        code_ask: "请客户报短信里的 6 位验收码", code_label: "6 位验收码", check: "核对", accepted: "客户已验收", pending: "已记下，有信号时自动核对。万一不对，办公室会联系客户。", checking: "正在核对…", wrong: "验收码不对，请客户再看一下短信。", too_many: "错了太多次，请联系办公室。", six: "要 6 位数字。",
        no_code: "客户报不出来", no_code_title: "为什么没有验收码？", no_codes: { "no-message": "没收到短信", "no-phone": "手机不在身边", unwilling: "不愿意给", away: "客户不在场" }, no_code_said: "没有验收码：{why}", have_code: "又有验收码了",
      },
      turn: {
        hand: "请把手机交给客户", price_title: "加收费用，请您确认", price_more: "价格和您预约时看到的价目表一致，此外不得另外收费。", agree: "同意 {amount}", agree_none: "同意，不加收", disagree: "不同意", total: "加收合计", before: "之前定好的", whole: "一共", times: "{amount} × {n}", photo: "师傅拍的照片", taken_back: "取消，不收",
        sign_title: "请签字确认", sign_more: "签字表示安装已完成，您已看过。", name: "姓名（可不填）", here: "在这里签字", undo: "撤销一笔", clear: "清空", ready: "签好了", pad: "签字板。不方便手写的，填姓名后点“签好了”，用十字代替签名。", more_needed: "请签完整一些。不方便手写的，可以只填姓名。", refused: "客户不同意，加收没有记下。", thanks: "谢谢！请把手机还给师傅。",
      },
      fail: {
        title: "为什么做不了？", called: "给客户打电话了吗？", reached: "打通了", "no-answer": "没人接", "not-called": "没打", called_at: "{time} 打的", waited: "等了多久？", minutes: "{n} 分钟", shorter: "少 5 分钟", longer: "多 5 分钟", note: "补充说明（可不填）", photo: "拍张照片（可不拍）", parts: "下次要带的配件", part_name: "什么配件", part_count: "几件", part_add: "加一种", part_drop: "去掉{name}",
        wishes: "客户想改到什么时候？", wishes_hint: "最多 {n} 个，问不到可以不选。", wish_full: "已选满 3 个", parts_of_day: { morning: "上午", afternoon: "下午", evening: "晚上" }, parts_short: { morning: "上午", afternoon: "下午", evening: "晚上" },
        send: "提交", choose: "先选一个原因", recorded: "已记下", hint: "订单不会丢：可以马上和客户约下次。", pictures: "已拍 {n} 张",
      },
      next: {
        title: "约下次上门", ask: "客户还在的话，现在就定下来。点一个时间就约好。", looking: "正在找能去的时间…", offline: "现在没有信号", offline_more: "这次的记录已存好，会自动上传。办公室会按客户的意愿来约。", sending: "正在上传这次的记录…", again: "再试一次", nothing: "暂时没有能去的时间", nothing_more: "办公室会联系客户来约。", best: "最顺路", booked: "约好了", booked_more: "客户会收到短信。", taken: "这个时间刚被占了，请换一个。", wished: "客户想要", later: "客户晚点再定", done: "好了",
      },
      reasons: { "nobody-home": "家里没人", "consumer-refused": "客户拒绝", "goods-missing": "货没到", "goods-damaged": "货损坏", "parts-missing": "缺配件", "site-not-ready": "现场不具备条件", "wrong-address": "地址不对", "no-access": "进不去", "out-of-time": "时间不够", other: "其他" },
    },
  },
  en: {
    visit: {
      gone: "This visit is no longer on your route", gone_more: "It may have been given to somebody else or moved. What you recorded is sent all the same.", to_day: "Back to my day",
      get_ready: "Check before leaving", arrive: "I have arrived", locating: "Finding your position…", next_photo: "Photo: {name}", finish: "Go to finish", cannot: "Cannot complete", call: "Call", close: "Close",
      arrived_at: "arrived {time}", from_address: "{away} from the address", m: "{m} m", approximate: "The position is a guess. Call first to be sure.", together: "Together with {name}", order: "Order {number}",
      before: "What went wrong last time", price: "Price agreed with the consumer", price_more: "Nothing else may be charged, except from the price list.", price_nothing: "Nothing to pay", total: "Total",
      goods_here: "Goods at the warehouse", goods_not: "Goods have not arrived yet", confirmed: "Consumer confirmed the time", unconfirmed: "Consumer has not confirmed the time",
      done_at: "finished {time}", second_booked: "Book the second visit", missing: "Still needed: {names}", comma: ", ",
      ready: {
        title: "Before you leave", goods: "Have the goods arrived?", goods_hint: "Look at the carton: torn, wet or crushed?", whole: "Whole", damaged: "Damaged", missing: "Missing",
        consumer: "Is the consumer expecting you?", reached: "Confirmed", "not-reached": "No answer", parts: "Are the parts in the van?", parts_count: "{n} pc", all: "Tick all",
        go: "Set out", stop: "Report: cannot go", still: "Still open: {names}", goods_short: "goods", consumer_short: "consumer", parts_missing: "Some parts are not ticked. The work may fail without them.", not_reached_more: "You may set out all the same. Call once more on the way.", trouble_more: "Save yourself the trip: tell the office first.",
      },
      shot: {
        title: "Photos", count: "{done} of {all}", required: "required", optional: "optional", retake: "Retake", take: "Take photo", keep: "Keep it", keep_anyway: "Keep anyway", clear: "Is it clear?", starting: "Opening the camera…", torch: "Torch", album: "Camera app", no_camera: "The preview cannot be shown here. Please use the camera app.", unreadable: "This photo cannot be read. Please take it again.", kept: "Kept: {name}", then: "Next: {name}",
        dark: "It is too dark. Switch on a light or the torch.", blurred: "It looks blurred. Hold still and take it again.", alike: "It looks just like “{name}”. Is it the right picture?", far: "You are {away} from the address. Was it taken there?",
        looks: { dark: "too dark", blurred: "blurred" }, of_surcharge: "Evidence: {name}",
      },
      end: {
        title: "Finish", photos: "Photos", checklist: "Checklist", serial: "Serial number", surcharges: "Surcharges", signature: "Signature", code: "Acceptance code", note: "Note (optional)", note_hint: "For the office. The consumer does not see it.",
        next: "Next: {name}", complete: "Complete", completed: "Completed. Well done!", optional: "optional", done: "done", all_photos: "All required photos are taken",
        scan: "Scan barcode", by_hand: "or type it", save: "Save", change: "Change", read_by: { camera: "read by camera", hand: "typed" }, serial_hint: "On the rating plate or the carton", serial_wrong: "At most 80 characters, no special signs.",
        aim: "Hold the barcode inside the frame", looking: "Looking for a barcode…", decoder: "Getting the reader ready…", no_decoder: "This phone cannot read barcodes now. Please type the number.",
        price_list: "Only from the price list, only with the consumer’s yes.", each: "{amount} each, at most {most}", less: "One {name} less", more: "One {name} more", photo_needed: "Photo needed", photo_taken: "Photo taken", show: "Show to the consumer", changed: "Changed: the consumer must see it again", already: "Agreed: {amount}",
        sign: "Ask for the signature", sign_again: "Sign again",
        code_ask: "Ask the consumer for the 6-digit code from the text message", code_label: "6-digit code", check: "Check", accepted: "Accepted by the consumer", pending: "Noted. It is checked as soon as there is signal. If it is wrong, the office calls the consumer.", checking: "Checking…", wrong: "That code is not right. Please ask the consumer to look again.", too_many: "Too many wrong codes. Please call the office.", six: "Six digits are needed.",
        no_code: "No code to be had", no_code_title: "Why is there no code?", no_codes: { "no-message": "No message came", "no-phone": "Phone not at hand", unwilling: "Not willing", away: "Consumer is away" }, no_code_said: "No acceptance code: {why}", have_code: "There is a code after all",
      },
      turn: {
        hand: "Please hand the phone to the consumer", price_title: "Please confirm the extra charge", price_more: "The prices are those of the list you saw when booking. Nothing else may be charged.", agree: "I agree to {amount}", agree_none: "I agree: no extra charge", disagree: "I do not agree", total: "Extra charge", before: "Agreed before", whole: "Altogether", times: "{amount} × {n}", photo: "The technician’s photo", taken_back: "taken off",
        sign_title: "Please sign", sign_more: "With your signature you say that the work is done and you have seen it.", name: "Name (optional)", here: "Sign here", undo: "Undo", clear: "Clear", ready: "Done", pad: "Signature pad. If you cannot write, fill in your name and press Done: a cross stands for your signature.", more_needed: "Please sign in full. If you cannot write, fill in your name only.", refused: "The consumer did not agree. No surcharge was recorded.", thanks: "Thank you! Please hand the phone back.",
      },
      fail: {
        title: "Why can it not be done?", called: "Did you call the consumer?", reached: "Reached", "no-answer": "No answer", "not-called": "Not called", called_at: "called {time}", waited: "How long did you wait?", minutes: "{n} min", shorter: "5 minutes less", longer: "5 minutes more", note: "Anything to add? (optional)", photo: "Take a photo (optional)", parts: "Parts needed next time", part_name: "Which part", part_count: "How many", part_add: "Add", part_drop: "Remove {name}",
        wishes: "When would suit the consumer?", wishes_hint: "Up to {n}. Leave it empty if you cannot ask.", wish_full: "All 3 chosen", parts_of_day: { morning: "morning", afternoon: "afternoon", evening: "evening" }, parts_short: { morning: "AM", afternoon: "PM", evening: "Eve" },
        send: "Send", choose: "Choose a reason first", recorded: "Noted", hint: "The order is not lost: you can book the next visit right now.", pictures: "1 photo taken|{n} photos taken",
      },
      next: {
        title: "Book the second visit", ask: "If the consumer is with you, settle it now. One tap books.", looking: "Looking for times that work…", offline: "No signal right now", offline_more: "What you recorded is kept and sent by itself. The office books by the consumer’s wishes.", sending: "Sending what you recorded…", again: "Try again", nothing: "No time can be promised right now", nothing_more: "The office will call the consumer.", best: "best for our route", booked: "Booked", booked_more: "The consumer gets a text message.", taken: "That time has just gone. Please choose another.", wished: "as wished", later: "The consumer decides later", done: "Done",
      },
      reasons: { "nobody-home": "Nobody home", "consumer-refused": "Consumer refused", "goods-missing": "Goods missing", "goods-damaged": "Goods damaged", "parts-missing": "Parts missing", "site-not-ready": "Site not ready", "wrong-address": "Wrong address", "no-access": "No access", "out-of-time": "Out of time", other: "Other" },
    },
  },
};
