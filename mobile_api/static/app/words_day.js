// The words of the first screens: login, day, list and frame. Those of a visit stand in visit/words.js.

export const WORDS = {
  zh: {
    app: "师傅", code: "工号", pin: "PIN 码", log_in: "登录", logging_in: "正在登录…", welcome: "今天的活，一目了然", login_hint: "工号和 PIN 由调度员发放。", no_connection_page: "这一页还没存到手机里。连上网后再打开一次。", no_connection: "现在没有网络。有信号时再登录；已记下的内容都还在这部手机上。", insecure: "需要 HTTPS",
    insecure_more: "这个地址是不加密的 HTTP，浏览器不提供定位，也不能离线使用。请打开 {address}，或联系调度员。", open_secure: "打开安全地址", language: "English", back: "返回", close: "关闭", loading: "正在读取行程…", refresh: "刷新", seen: "知道了", comma: "、",
    km: "{km} 公里", minutes: "{m} 分钟", hours: "{h} 小时 {m} 分", hours_only: "{h} 小时", drive: "路上 {time}", work: "工时 {time}", tabs: "主菜单", day: "行程", map: "地图", queue: "待传", more: "更多", technician: "工号 {code}", synced: "已同步", sending: "正在传 {n}",
    kept_here: "离线 · 存 {n} 项", offline: "离线", to_fix: "{n} 项要看", connection: "{state}。打开待传列表", next_stop: "下一站", of: "第 {n}/{total} 站", promised: "约定到达", why_mine: "为什么是这条路线？", due: "预计", planned_at: "预计 {time} 到", late_by: "预计 {time} 到，比约定晚 {late}", then: "之后",
    navigate: "导航", call: "打电话", set_out: "出发", arrive: "我到了", open_visit: "继续现场工作", locating: "正在定位…", together: "与{name}一起上门", approximate: "位置是估计的，请先打电话确认。", second_visit: "二次上门", before: "上次没做成：{reason}",
    unconfirmed: "客户还没确认时间，出发前请打个电话。", goods_waiting: "货还没到仓。出发前请先核对。", navigate_with: "用哪个地图？", navigate_hint: "以后点“导航”就打开它。", amap: "高德地图", baidu: "百度地图", apple: "苹果地图", google: "谷歌地图",
    rel: { "-1": "昨天", 0: "今天", 1: "明天", 2: "后天" }, days: "日期", unseen: "有变动", done_count: "已完成 {done}/{total}", hours_of: "{from}–{to}", rest: "休息 {time}", drive_to: "开车 {time} · {km}",
    all_done: "今天的活都干完了", all_done_more: "辛苦了！后面没有站点了。", not_published: "行程还没发布", not_published_more: "调度员发布后会自动出现在这里，不用守着。", empty_day: "这天没有安排", empty_day_more: "有新的安排会自动出现在这里。",
    not_read: "还没读到行程", not_read_more: "连上网一次，就会存到这部手机里。", route_changed: "路线有变动", change_new: "新增", change_gone: "取消", change_moved: "改时间", change_was: "原 {time}", changed_more: "还有 {n} 处", gone: "这一单已转走，您的记录还在上传。",
    on_way: "已出发", arrived: "已签到", arrived_no_place: "已签到。没有定位权限，照常继续。", arrived_no_fix: "已签到。没有取到定位，照常继续。", others_here: "还有 {n} 项是之前登录的师傅的，有信号就接着上传。",
    states: { waiting: "待出发", "en-route": "路上", "on-site": "现场", completed: "已完成", "could-not-complete": "未完成", cancelled: "已取消" }, storage_full: "手机存储满了", storage_full_more: "拍照前请先删掉一些视频或应用。已记下的内容都还在。",
    storage_low: "手机存储快满了，请腾出一些空间。", update: "新版本已就绪", update_now: "更新", log_out: "退出登录",
  },
  en: {
    app: "Shifu", code: "Technician code", pin: "PIN", log_in: "Log in", logging_in: "Logging in…", welcome: "Your day, at a glance", login_hint: "Your dispatcher gives you code and PIN.", no_connection_page: "This page is not on the phone yet. Open it once with signal.", no_connection: "No connection right now. Log in when there is signal; whatever was noted is still on this phone.",
    insecure: "HTTPS is needed", insecure_more: "This address is plain HTTP: the browser gives it no position and keeps nothing offline. Open {address}, or ask your dispatcher.", open_secure: "Open the safe address", language: "中文", back: "Back", close: "Close", loading: "Reading your day…", refresh: "Refresh",
    seen: "Got it", comma: ", ", km: "{km} km", minutes: "{m} min", hours: "{h} h {m} min", hours_only: "{h} h", drive: "{time} drive", work: "{time} work", tabs: "Main menu", day: "Day", map: "Map", queue: "Outbox", more: "More", technician: "Code {code}", synced: "All sent", sending: "Sending {n}",
    kept_here: "Offline · {n} kept", offline: "Offline", to_fix: "{n} to look at", connection: "{state}. Open the outbox", next_stop: "Next stop", of: "Stop {n}/{total}", promised: "promised", why_mine: "Why is this my route?", due: "due", planned_at: "due {time}", late_by: "due {time}, {late} after the promise", then: "Then", navigate: "Navigate", call: "Call",
    set_out: "Set out", arrive: "I have arrived", open_visit: "Go on with the work", locating: "Finding your position…", together: "Together with {name}", approximate: "The position is a guess. Call first to be sure.", second_visit: "Second visit", before: "Not done last time: {reason}",
    unconfirmed: "The time is not confirmed yet. Call before you set out.", goods_waiting: "The goods are not in yet. Check before you set out.", navigate_with: "Which map?", navigate_hint: "“Navigate” opens it from now on.", amap: "AMap", baidu: "Baidu Maps", apple: "Apple Maps", google: "Google Maps",
    rel: { "-1": "Yesterday", 0: "Today", 1: "Tomorrow", 2: "In two days" }, days: "Days", unseen: "changed", done_count: "{done} of {total} done", hours_of: "{from}–{to}", rest: "Break, {time}", drive_to: "{time} drive · {km}",
    all_done: "Everything is done", all_done_more: "Thank you! No stops are left today.", not_published: "Not published yet", not_published_more: "It appears here by itself once the dispatcher publishes it.", empty_day: "Nothing planned", empty_day_more: "New stops appear here by themselves.",
    not_read: "Your day is not here yet", not_read_more: "Go online once, and it stays on this phone.", route_changed: "Your route has changed", change_new: "New", change_gone: "Gone", change_moved: "Moved", change_was: "was {time}", changed_more: "and {n} more", gone: "No longer yours; what you noted is still being sent.",
    on_way: "On your way", arrived: "Checked in", arrived_no_place: "Checked in. Position is not allowed; carry on.", arrived_no_fix: "Checked in without a position; carry on.", others_here: "{n} more from whoever was logged in before; sent as soon as there is signal.",
    states: { waiting: "planned", "en-route": "on the way", "on-site": "on site", completed: "done", "could-not-complete": "not completed", cancelled: "cancelled" }, storage_full: "This phone is full", storage_full_more: "Delete some videos or apps before you take photos. Everything noted so far is safe.",
    storage_low: "This phone is nearly full. Please free some space.", update: "A new version is ready", update_now: "Update", log_out: "Log out",
  },
};
