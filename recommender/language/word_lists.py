"""Furniture: the words that every text of a language or of the trade uses, whatever it is about."""

from functools import cache

__all__ = [
    "BOILERPLATE_PHRASES",
    "CONTENT_WORDS",
    "NEWSROOM_WORDS",
    "OFFICES",
    "TITLES",
    "WEAK_ALONE",
    "stop_words_for",
]

# Stop words of newsrooms, for which no language's list has reason. Only English writes days and
# months with a capital and so makes them look like names; march and may are other words, too. The
# country is spelled as the pronoun is.
NEWSROOM_WORDS = frozenset([
    "told", "tells", "reporter", "reporters", "reporting", "spokesman", "spokeswoman",
    "spokesperson", "percent", "pct", "year-old", "years-old", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur",
    "thurs", "fri", "sat", "sun", "january", "february", "april", "june", "july", "august",
    "september", "october", "november", "december", "jan", "feb", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec", "reuter", "reuters", "afp", "ap", "dpa", "upi", "tass",
    "itar-tass", "xinhua", "interfax", "ansa", "efe", "anadolu", "us",
])  # fmt: skip
# The English list was made for searching the web. These of its words are what news is about.
CONTENT_WORDS = frozenset([
    "computer", "fire", "goods", "index", "information", "interest", "interests", "invention",
    "member", "members", "mill", "mine", "novel", "research", "state", "system", "test", "text",
    "web", "website",
])  # fmt: skip
BOILERPLATE_PHRASES = frozenset([
    "associated press", "press association", "news agency", "news agencies", "news conference",
    "press conference", "press release", "prime minister", "chief executive",
])  # fmt: skip
TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "sir"})
# By themselves these say nothing: months that are other words, too, and what ends companies' names.
WEAK_ALONE = frozenset({"march", "may", "co", "corp", "inc", "ltd", "plc"})
# What stands before names: "President Donald Trump" and "Donald Trump" are one.
OFFICES = frozenset([
    "president", "vice-president", "minister", "premier", "chancellor", "secretary", "governor",
    "senator", "sen", "rep", "gov", "speaker", "leader", "chairman", "director", "ceo", "general",
    "judge", "justice", "state", "coach", "captain",
])  # fmt: skip


@cache
def stop_words_for(languages: frozenset[str]) -> frozenset[str]:
    """Stop words of the languages (ISO 639-1 codes, "en-GB" counts as "en"), English at least.

    A language without a list adds nothing.
    """
    import stop_words

    words: set[str] = set()
    for language in {"en"} | {tag.replace("_", "-").partition("-")[0].lower() for tag in languages}:
        try:
            listed = stop_words.get_stop_words(language)
        except stop_words.StopWordError:
            continue
        words.update(listed)
        # Texts write don’t as often as don't.
        words.update(word.replace("'", "’") for word in listed)
    return frozenset(words)
