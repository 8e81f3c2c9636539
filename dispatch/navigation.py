"""Links that open a phone's navigation app at a place, each in the datum its maps are drawn in."""

from __future__ import annotations

from urllib.parse import urlencode

from seed_regions.datum import Datum, from_wgs84

SOURCE = "shifu-dispatch"


def links(lng: float, lat: float, name: str) -> dict[str, str]:
    """Web links, which the installed app takes over, by app: `amap`, `baidu`, `apple`, `google`.

    `lng`, `lat` in WGS-84 degrees. AMap wants GCJ-02, Baidu BD-09; Apple's maps of China are AMap's, and
    Google's are drawn in GCJ-02 as well. Outside China GCJ-02 is WGS-84. Baidu's direction link needs an
    origin, which is not known here, so it gets the place itself, from which one tap navigates.
    """
    gcj_lng, gcj_lat = _degrees(lng, lat, Datum.GCJ02)
    bd_lng, bd_lat = _degrees(lng, lat, Datum.BD09)
    amap = {
        "to": f"{gcj_lng},{gcj_lat},{name}",
        "mode": "car",
        "coordinate": "gaode",
        "callnative": 1,
        "src": SOURCE,
    }
    baidu = {
        "location": f"{bd_lat},{bd_lng}",
        "title": name,
        "content": name,
        "coord_type": "bd09ll",
        "output": "html",
        "src": SOURCE,
    }
    apple = {"daddr": f"{gcj_lat},{gcj_lng}", "dirflg": "d"}
    google = {"api": 1, "destination": f"{gcj_lat},{gcj_lng}", "travelmode": "driving"}
    return {
        "amap": "https://uri.amap.com/navigation?" + urlencode(amap),
        "baidu": "https://api.map.baidu.com/marker?" + urlencode(baidu),
        "apple": "https://maps.apple.com/?" + urlencode(apple),
        "google": "https://www.google.com/maps/dir/?" + urlencode(google),
    }


def _degrees(lng: float, lat: float, datum: Datum) -> tuple[str, str]:
    x, y = from_wgs84([lng, lat], datum)
    return f"{x:.6f}", f"{y:.6f}"
