// Every word of the page, in Chinese and English. `{name}` is filled in.

export const WORDS = {
  zh: {
    app: "师傅", code: "工号", pin: "PIN 码", log_in: "登录", logging_in: "正在登录…", welcome: "今天的活，一目了然",
    login_hint: "工号和 PIN 由调度员发放。", log_out: "退出登录", insecure: "需要 HTTPS", insecure_more: "这个地址是不加密的 HTTP，浏览器不提供定位，也不能离线使用。请打开 {address}，或联系调度员。", no_connection: "连不上网络，请稍后再试。",
    next_stop: "下一站", of: "第 {n} 站 · 共 {total} 站", then: "之后", promised: "约定到达", planned_at: "计划 {time} 到",
    km: "{km} 公里", minutes: "{n} 分钟", hours: "{h} 小时 {m} 分", work: "工时 {time}", drive: "路上 {time}", navigate: "导航", call: "打电话", 
    set_out: "出发", arrive: "我到了", open_visit: "拍照并完成", complete: "完成", cannot: "无法完成", locating: "正在定位…", back: "返回", close: "关闭",
    today: "今天的路线", rest: "休息", done_count: "已完成 {done}/{total}", approximate: "地址位置是估计的，请先打电话确认。",
    all_done: "今天的活都干完了", all_done_more: "辛苦了！没有剩下的站点。", not_published: "今天的行程还没发布",
    not_published_more: "调度员发布后会自动出现在这里。", empty_day: "今天没有安排", empty_day_more: "有新的安排会显示在这里。", refresh: "刷新", route_changed: "路线有变动，请看一下。", seen: "知道了", loading: "正在读取今天的行程…",
    synced: "已同步", sending: "正在上传 {n}", kept_here: "离线 · 已存 {n} 项", offline: "离线", to_fix: "{n} 项要处理",
    on_phone: "还在这部手机上", nothing_left: "全部已送达，这部手机上没有剩下的。", menu: "菜单", language: "English", technician: "工号 {code}",
    kept_more: "有信号时会自动上传，不会丢。", try_now: "现在上传", throw_away: "删除这一项",
    photos: "照片", required: "必拍", optional: "选拍", take: "拍照", retake: "重拍", keep: "用这张", keep_question: "清楚吗？", unreadable: "这张照片读不出来，请重新拍。",
    missing: "还缺：{names}", comma: "、", arrived_at: "{time} 到达", distance: "距地址 {m} 米", arrived_no_place: "已签到。没有定位权限，照常继续。", arrived_no_fix: "已签到。没有取到定位，照常继续。", arrived: "已签到", on_way: "已出发", completed: "已完成，辛苦了！", recorded: "已记录",
    note: "备注", together: "与{name}一起上门", order: "订单", second_visit: "二次上门", why_cannot: "为什么无法完成？", cannot_hint: "订单会退回，由客户另约时间。", add_note: "补充说明（可不填）", send_cannot: "提交",
    navigate_with: "用哪个地图？", amap: "高德地图", baidu: "百度地图", apple: "苹果地图", google: "谷歌地图", sure_logout: "还有 {n} 项没上传。退出后仍保存在这部手机上，您再次登录时会继续上传。",
    states: { waiting: "待出发", "en-route": "路上", "on-site": "现场", completed: "已完成", "could-not-complete": "未完成", cancelled: "已取消" },
    whats: { "en-route": "出发", arrival: "到达签到", photos: "照片", completion: "完成", "could-not-complete": "无法完成" },
    reasons: { "nobody-home": "家里没人", "consumer-refused": "客户拒绝", "goods-missing": "货没到", "goods-damaged": "货损坏", "parts-missing": "缺配件", "site-not-ready": "现场不具备条件", "wrong-address": "地址不对", "no-access": "进不去", "out-of-time": "时间不够", other: "其他" },
  },
  en: {
    app: "Shifu", code: "Technician code", pin: "PIN", log_in: "Log in", logging_in: "Logging in…", welcome: "Your day, at a glance",
    login_hint: "Your dispatcher gives you code and PIN.", log_out: "Log out", insecure: "HTTPS is needed", insecure_more: "This address is plain HTTP: the browser gives it no position and keeps nothing offline. Open {address}, or ask your dispatcher.", no_connection: "No connection. Please try again in a moment.",
    next_stop: "Next stop", of: "Stop {n} of {total}", then: "Then", promised: "Promised arrival", planned_at: "due {time}",
    km: "{km} km", minutes: "{n} min", hours: "{h} h {m} min", work: "{time} work", drive: "{time} drive", navigate: "Navigate", call: "Call",
    set_out: "Set out", arrive: "I have arrived", open_visit: "Photos and finish", complete: "Complete", cannot: "Cannot complete", locating: "Finding your position…", back: "Back", close: "Close",
    today: "Today’s route", rest: "Break", done_count: "{done} of {total} done", approximate: "The position is a guess. Call first to be sure.",
    all_done: "Everything is done", all_done_more: "Thank you! No stops are left today.", not_published: "Today’s route is not published yet",
    not_published_more: "It appears here as soon as the dispatcher publishes it.", empty_day: "Nothing planned today", empty_day_more: "New stops will appear here.", refresh: "Refresh", route_changed: "Your route has changed. Please have a look.", seen: "Got it", loading: "Reading your day…",
    synced: "All sent", sending: "Sending {n}", kept_here: "Offline · {n} kept", offline: "Offline", to_fix: "{n} to look at",
    on_phone: "Still on this phone", nothing_left: "Everything has arrived. Nothing is left on this phone.", menu: "Menu", language: "中文", technician: "Code {code}",
    kept_more: "It is sent by itself as soon as there is signal. Nothing is lost.", try_now: "Send now", throw_away: "Delete this",
    photos: "Photos", required: "required", optional: "optional", take: "Take photo", retake: "Retake", keep: "Keep it", keep_question: "Is it sharp?", unreadable: "This photo cannot be read. Please take it again.",
    missing: "Still needed: {names}", comma: ", ", arrived_at: "arrived {time}", distance: "{m} m from the address", arrived_no_place: "Checked in. Position is not allowed; carry on.", arrived_no_fix: "Checked in without a position; carry on.", arrived: "Checked in", on_way: "On your way", completed: "Completed. Well done!", recorded: "Noted",
    note: "Note", together: "Together with {name}", order: "Order", second_visit: "Second visit", why_cannot: "Why can it not be completed?", cannot_hint: "The order goes back, and the consumer picks a new time.", add_note: "Anything to add? (optional)", send_cannot: "Send",
    navigate_with: "Navigate with", amap: "AMap", baidu: "Baidu Maps", apple: "Apple Maps", google: "Google Maps", sure_logout: "{n} not sent yet. They stay on this phone and are sent when you log in again.",
    states: { waiting: "planned", "en-route": "on the way", "on-site": "on site", completed: "done", "could-not-complete": "not completed", cancelled: "cancelled" },
    whats: { "en-route": "Set out", arrival: "Check-in", photos: "Photo", completion: "Completion", "could-not-complete": "Cannot complete" },
    reasons: { "nobody-home": "Nobody home", "consumer-refused": "Consumer refused", "goods-missing": "Goods missing", "goods-damaged": "Goods damaged", "parts-missing": "Parts missing", "site-not-ready": "Site not ready", "wrong-address": "Wrong address", "no-access": "No access", "out-of-time": "Out of time", other: "Other" },
  },
};

let chosen = "zh";

export const LANGUAGES = Object.keys(WORDS);
export const language = () => chosen;

export function speak(wanted) {
  chosen = LANGUAGES.includes(wanted) ? wanted : "zh";
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = WORDS[chosen].app;
}

/** The word for `key` ("states.waiting" reaches into a group), with `{…}` filled in. */
export function word(key, filling = {}) {
  const text = key.split(".").reduce((group, part) => group?.[part], WORDS[chosen]) ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => filling[name] ?? "");
}

export function spell(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return word("minutes", { n: minutes });
  return word("hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

export const distance = (metres) => word("km", { km: (metres / 1000).toFixed(1) });

export function clock(instant, zone) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(new Date(instant));
}

export function dayName(on) {
  const shown = { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(chosen === "zh" ? "zh-CN" : "en-GB", shown).format(new Date(`${on}T00:00:00Z`));
}
