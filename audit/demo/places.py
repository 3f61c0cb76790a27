"""The three invented clients of the demo with their regions and branches; positions in degrees."""

from dataclasses import dataclass

from audit.branches.channels import ONSITE

NORTH, SOUTH = "Miền Bắc", "Miền Nam"


@dataclass(frozen=True)
class Place:
    """One branch: where it is and how good it is (0 … 1, by factor where it differs from the whole).

    `before` is how much better (+) or worse (−) it was in the waves that are over.
    """

    code: str
    name: str
    region: str
    address: str
    format: str
    latitude: float | None
    longitude: float | None
    hours: str
    quality: float
    leanings: tuple[tuple[str, float], ...] = ()
    before: float = 0.0
    channel: str = ONSITE
    answers: tuple[tuple[str, str], ...] = ()  # the same in each visit, by question

    @property
    def is_remote(self) -> bool:
        """Whether nobody goes there."""
        return self.channel != ONSITE


@dataclass(frozen=True)
class Brand:
    """A client: what its sign says and how the sign looks."""

    key: str
    code: str
    name: str
    sign: str
    colour: tuple[int, int, int]
    places: tuple[Place, ...]


_OFFICE = "T2–T6 08:00–16:30; T7 08:00–11:30"
_WEEK = "T2–T6 08:00–11:30, 13:00–17:00"
_DAILY = "Hằng ngày 08:00–22:00"
_LONG = "Hằng ngày 07:00–22:30"
_ROOM, _BRANCH = "Phòng giao dịch", "Chi nhánh"
_BIG, _SMALL, _MALL = "Siêu thị", "Cửa hàng tiện lợi", "Gian trong trung tâm thương mại"

BANK = Brand(
    "bank",
    "SAOMAI",
    "Ngân hàng Sao Mai",
    "NGÂN HÀNG SAO MAI",
    (18, 92, 120),
    (
        Place("SM-001", "Hội sở Hoàn Kiếm", NORTH, "36 phố Lý Thường Kiệt, Hoàn Kiếm, Hà Nội",
              _BRANCH, 21.0246, 105.8479, _OFFICE, 0.88, (("speed", -0.2),)),
        Place("SM-002", "Ba Đình", NORTH, "112 phố Đội Cấn, Ba Đình, Hà Nội",
              _BRANCH, 21.0353, 105.8262, _OFFICE, 0.79),
        Place("SM-003", "Cầu Giấy", NORTH, "205 đường Xuân Thủy, Cầu Giấy, Hà Nội",
              _ROOM, 21.0366, 105.7829, _WEEK, 0.63, (("issue", -0.12), ("speed", -0.15)), before=-0.1),
        Place("SM-004", "Lạch Tray", NORTH, "88 đường Lạch Tray, Ngô Quyền, Hải Phòng",
              _BRANCH, 20.8457, 106.6934, _OFFICE, 0.74, (("consistency", -0.18),)),
        Place("SM-005", "Thành phố Nam Định", NORTH, "47 phố Trần Hưng Đạo, Nam Định",
              _ROOM, 20.4293, 106.1722, _WEEK, 0.57, (("attitude", 0.15),)),
        Place("SM-006", "Khu đô thị Ecopark – Văn Giang", NORTH,
              "Tòa Rừng Cọ, khu đô thị Ecopark, Văn Giang, Hưng Yên",
              _ROOM, 20.9583, 105.9355, _WEEK, 0.83),
        Place("SM-007", "Bến Thành", SOUTH, "151 đường Lê Lợi, Quận 1, TP. Hồ Chí Minh",
              _BRANCH, 10.7727, 106.6985, _OFFICE, 0.70, (("speed", -0.25), ("attitude", 0.1))),
        Place("SM-008", "Phú Mỹ Hưng", SOUTH, "72 đường Nguyễn Lương Bằng, Quận 7, TP. Hồ Chí Minh",
              _BRANCH, 10.7287, 106.7212, _OFFICE, 0.91),
        Place("SM-009", "Biên Hòa", SOUTH, "19 đường Võ Thị Sáu, Biên Hòa, Đồng Nai",
              _BRANCH, 10.9507, 106.8226, _OFFICE, 0.66, before=0.12),
        Place("SM-010", "Ninh Kiều", SOUTH, "60 đường Hòa Bình, Ninh Kiều, Cần Thơ",
              _BRANCH, 10.0341, 105.7848, _OFFICE, 0.48, (("convenience", 0.15),)),
        Place("SM-011", "Mỹ Tho", SOUTH, "25 đường Hùng Vương, Mỹ Tho, Tiền Giang",
              _ROOM, 10.3544, 106.3655, _WEEK, 0.76),
        Place("SM-012", "Phú Quốc", SOUTH, "140 đường Trần Hưng Đạo, Dương Đông, Phú Quốc, Kiên Giang",
              _ROOM, 10.2104, 103.9611, _WEEK, 0.72),
    ),
)  # fmt: skip

RETAIL = Brand(
    "retail",
    "HOASEN",
    "Chuỗi cửa hàng Hoa Sen",
    "HOA SEN MART",
    (168, 38, 84),
    (
        Place("HS-101", "Hàng Bông", NORTH, "91 phố Hàng Bông, Hoàn Kiếm, Hà Nội",
              _SMALL, 21.0299, 105.8467, _LONG, 0.72),
        Place("HS-102", "Times City", NORTH, "Tầng B1, 458 phố Minh Khai, Hai Bà Trưng, Hà Nội",
              _MALL, 20.9950, 105.8676, _DAILY, 0.90),
        Place("HS-103", "Nguyễn Trãi", NORTH, "233 đường Nguyễn Trãi, Thanh Xuân, Hà Nội",
              _BIG, 20.9985, 105.8120, _DAILY, 0.61, (("convenience", -0.18),), before=0.16),
        Place("HS-104", "Hạ Long", NORTH, "168 đường Lê Thánh Tông, Hạ Long, Quảng Ninh",
              _BIG, 20.9519, 107.0853, _DAILY, 0.81),
        Place("HS-105", "Thái Nguyên", NORTH, "17 đường Hoàng Văn Thụ, Thái Nguyên",
              _BIG, 21.5925, 105.8414, _DAILY, 0.55, (("issue", 0.12),)),
        Place("HS-106", "Vinh", NORTH, "42 đường Quang Trung, Vinh, Nghệ An",
              _BIG, 18.6697, 105.6780, _DAILY, 0.77, before=-0.18),
        Place("HS-201", "Nguyễn Thị Minh Khai", SOUTH,
              "310 đường Nguyễn Thị Minh Khai, Quận 3, TP. Hồ Chí Minh",
              _SMALL, 10.7706, 106.6836, _LONG, 0.68, (("speed", -0.2),)),
        Place("HS-202", "Thảo Điền", SOUTH, "28 đường Xuân Thủy, Thủ Đức, TP. Hồ Chí Minh",
              _BIG, 10.8031, 106.7337, _DAILY, 0.86, (("consistency", -0.12),)),
        Place("HS-203", "Gò Vấp – Quang Trung", SOUTH, "645 đường Quang Trung, Gò Vấp, TP. Hồ Chí Minh",
              _BIG, 10.8380, 106.6620, _DAILY, 0.50, (("consistency", -0.15),)),
        Place("HS-204", "Thủ Dầu Một", SOUTH, "9 đường Bạch Đằng, Thủ Dầu Một, Bình Dương",
              _BIG, 10.9805, 106.6519, _DAILY, 0.74, (("attitude", 0.12), ("speed", -0.15)), before=-0.15),
        Place("HS-205", "Vũng Tàu", SOUTH, "55 đường Ba Cu, Vũng Tàu",
              _SMALL, 10.3460, 107.0843, _LONG, 0.64),
        Place("HS-206", "Đà Lạt", SOUTH, "14 đường Phan Đình Phùng, Đà Lạt, Lâm Đồng",
              _BIG, 11.9448, 108.4337, _DAILY, 0.84, (("issue", -0.12),)),
    ),
)  # fmt: skip


def _line(
    number: int, name: str, region: str, where: str, kind: str, channel: str, quality: float, said: str
) -> Place:
    """Somewhere to call or write to."""
    answers = (("channel", said),)
    return Place(
        f"AT-{number}",
        name,
        region,
        where,
        kind,
        None,
        None,
        _HOURS,
        quality,
        channel=channel,
        answers=answers,
    )


_HOURS = "T2–T7 08:00–20:00"
_CALLS, _CHAT, _MAIL = "Tổng đài", "Trò chuyện", "Thư điện tử"
INSURER = Brand(
    "insurer",
    "ANTAM",
    "Bảo hiểm An Tâm",
    "BẢO HIỂM AN TÂM",
    (24, 110, 78),
    (
        _line(
            11, "Tổng đài cá nhân", NORTH, "Số ghi ở trang Liên hệ, phím 1", _CALLS, "phone", 0.78, "phone"
        ),
        _line(12, "Tổng đài bồi thường", NORTH, "Số ghi ở trang Bồi thường", _CALLS, "phone", 0.56, "phone"),
        _line(
            13,
            "Trò chuyện trên trang web",
            NORTH,
            "Ô trò chuyện ở góc trang chủ",
            _CHAT,
            "online",
            0.84,
            "chat",
        ),
        _line(14, "Hộp thư hỗ trợ", NORTH, "Địa chỉ ghi ở trang Liên hệ", _MAIL, "online", 0.62, "email"),
        _line(
            21,
            "Tổng đài doanh nghiệp",
            SOUTH,
            "Số ghi ở trang Liên hệ, phím 2",
            _CALLS,
            "phone",
            0.7,
            "phone",
        ),
        _line(22, "Tổng đài đại lý", SOUTH, "Số ghi ở trang Đại lý", _CALLS, "phone", 0.66, "phone"),
        _line(23, "Trang mạng xã hội", SOUTH, "Tin nhắn của trang chính thức", _CHAT, "online", 0.5, "chat"),
        _line(24, "Biểu mẫu tư vấn", SOUTH, "Biểu mẫu ở trang Sản phẩm", _MAIL, "online", 0.74, "email"),
    ),
)
BRANDS = (BANK, RETAIL, INSURER)
MANAGED = (0, 2, 4, 6, 8, 9)  # places in a brand's list whose managers have an account
