"""The people of the demo: invented names, mail addresses under demo.example, the one password."""

PASSWORD = "demo-1234-audit"  # noqa: S105 - shown to everybody who starts the demo
DOMAIN = "demo.example"

ADMIN = "Đỗ Hải Yến"
EDITORS = ("Phạm Ngọc Lan", "Nguyễn Trọng Khôi")
SHOPPERS = (
    "Trần Thu Hà",  # signs in as shopper@: has a visit in every state a shopper can see
    "Lê Quang Minh",
    "Nguyễn Thị Bích Phượng",
    "Phan Văn Tài",
    "Huỳnh Như Ý",
    "Võ Minh Triết",
    "Đặng Thị Kim Oanh",
    "Bùi Tiến Dũng",
    "Lý Gia Hân",
    "Trịnh Công Thành",
    "Nguyễn Hoàng Phương Uyên",
    "Hồ Sỹ Đan",
)
BANK_HEAD = "Hoàng Mai Anh"
BANK_AREAS = ("Vũ Đức Long", "Tô Thị Thanh Trúc")
BANK_MANAGERS = (
    "Nguyễn Văn Nam",
    "Bùi Thị Hoa",
    "Chu Mạnh Cường",
    "Lưu Thị Hồng Nhung",
    "Trương Quốc Bảo",
    "Châu Ngọc Diệp",
)
RETAIL_HEAD = "Đặng Quốc Huy"
RETAIL_AREAS = ("Dương Thùy Linh", "Mai Xuân Phúc")
RETAIL_MANAGERS = (
    "Kiều Minh Tuấn",
    "Cao Thị Mỹ Duyên",
    "Quách Thanh Lâm",
    "Ngô Bảo Châu An",
    "Tạ Đình Phong",
    "Thái Thị Ngọc Trâm",
)

INSURER_HEAD = "Lâm Thị Ngọc Bích"
INSURER_AREAS = ("Đinh Quang Vinh", "Trần Bảo Châu")


def mail(name: str) -> str:
    """The address of somebody in the demo."""
    return f"{name}@{DOMAIN}"
