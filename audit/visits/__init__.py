"""The visit: lifecycle, answers, photos, the phone form and its protocol."""
