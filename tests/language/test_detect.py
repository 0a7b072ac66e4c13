"""Detection: clear texts have their language, unclear ones none."""

import pytest

from recommender.language.detect import LEADING_CHARACTERS, detect_language

TEXTS = {
    "en": "The mayor said on Monday that the pool would stay closed for six months of repairs.",
    "fr": "Le maire a annoncé lundi que la piscine municipale serait fermée pendant six mois.",
    "de": "Die Bürgermeisterin sagte am Montag, dass das Schwimmbad sechs Monate geschlossen sei.",
    "nl": "De burgemeester zei maandag dat het zwembad een half jaar gesloten zal blijven.",
    "pl": "Burmistrz zapowiedział w poniedziałek, że basen będzie zamknięty przez pół roku.",
    "tr": "Belediye başkanı pazartesi günü havuzun altı ay boyunca kapalı kalacağını söyledi.",
    "ar": "قال رئيس البلدية يوم الاثنين إن المسبح سيبقى مغلقا لمدة ستة أشهر بسبب الأعمال.",
    "he": "ראש העיר אמר ביום שני כי הבריכה תישאר סגורה במשך שישה חודשים בשל עבודות.",
    "hi": "महापौर ने सोमवार को कहा कि मरम्मत के कारण तरणताल छह महीने तक बंद रहेगा। "
    "उन्होंने बताया कि बच्चे पास के कस्बे में तैरने जाएँगे और लोग इससे नाराज़ हैं।",
    "th": "นายกเทศมนตรีกล่าวเมื่อวันจันทร์ว่าสระว่ายน้ำจะปิดซ่อมแซมเป็นเวลาหกเดือน",
    "ja": "市長は月曜日、市営プールを改修のため六か月間閉鎖すると発表した。",
    "zh": "市长周一表示,市游泳池将因维修关闭六个月,学校将改用邻近的场馆。",
    "ru": "Мэр сообщил в понедельник, что бассейн закроют на ремонт на полгода.",
    "no": "Ordføreren sa mandag at svømmehallen skal være stengt i seks måneder. "
    "Hun sier også at barna må svømme i nabokommunen, men foreldrene er ikke fornøyde.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_or_two_tell_their_language(code: str) -> None:
    assert detect_language(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "PSG 4-0 FC", "…", "7", "Merkel, Macron, May", "Live blog"])
def test_what_is_not_clear_has_no_language(text: str) -> None:
    assert detect_language(text) is None


def test_only_the_beginning_is_read() -> None:
    beginning = (TEXTS["fr"] * 9)[:LEADING_CHARACTERS]
    assert detect_language(beginning + TEXTS["de"] * 99) == "fr"
