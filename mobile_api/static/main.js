// The page of the app before this one, kept on a phone by its worker, asks for this file: it begins the app of today.

const style = { rel: "stylesheet", href: "/phone/static/app/phone.css" };
document.head.append(Object.assign(document.createElement("link"), style));
import("/phone/static/app/main.js");
