"""Names of people, also in small letters, by what stands before or after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from redaction.finding import NAME, Finding
from redaction.words import Words

_WORD = re.compile(r"[^\W\d_]+(?:['-](?!(?:s|ll|re|ve|d|m|t)\b)[^\W\d_]+)*", re.I)
_CUT_OFF = re.compile(r"'(?:ll|re|ve|d|m|t)\b", re.I)  # "isn't": no word of a name
_NOT_A_PERSON = re.compile(
    r"[ -]?(?:clinics?|hospitals?|cent(?:er|re)s?|universit\w+|institutes?|pharmac\w+|medical|health|syndrome|"
    r"disease|palsy|bod(?:y|ies))\b",
    re.I,
)
_ANNOUNCED = re.compile(
    r"(?:is|was|be|'?s|[:=-]|named|called|by|under|llamo|llama|es|mynameis|attn|signed)[ :=,-]*$", re.I
)
_RELATION = (
    r"(?:husband|wife|spouse|partner|son|daughter|kid|child|brother|sister|bro|sis|twin|mother|mom|mum|mama|"
    r"mommy|father|dad|daddy|papa|"
    r"friend|bestie|bff|boyfriend|girlfriend|bf|gf|fianc[eé]e?|boss|manager|doctor|doc|therapist|counsel+or|"
    r"psychiatrist|shrink|nurse|aunt|"
    r"auntie|uncle|cousin|niece|nephew|grandma|grandpa|grandmother|grandfather|grandson|granddaughter|"
    r"neighbou?r|roommate|room mate|"
    r"caregiver|care ?taker|guardian|ex|stepdad|stepmom|stepson|stepdaughter|coworker|colleague|sponsor|driver|"
    r"dog|cat|"
    r"case manager|social worker|pcp|physician|lawyer|attorney|landlord|godmother|godfather|"
    r"esposo|esposa|marido|mujer|hijo|hija|hermano|hermana|madre|padre|mam[aá]|pap[aá]|novio|novia|amigo|amiga|"
    r"t[ií]o|t[ií]a|primo|prima|"
    r"abuelo|abuela|jefe|jefa)"
)
# Somebody plainly says a name: what follows is one, unless it is known not to be.
_SURE = re.compile(
    r"(?<!\w)(?:(?:my|his|her|their|your|the|'?s)?[ ]?(?:(?:full|first|last|middle|maiden|legal|real|married|"
    r"given|sur|nick|patient|preferred|birth)[ ]?)?"
    r"na(?:me|em)(?:'?s|[ ]is|[ ]was|[ ]?[:=-]|[ ]will be)|(?:my|first|last|middle|maiden|legal|full|under the|"
    r"sur)[ ]?name|"
    r"mynameis|name|surname|named|nombre(?: completo)?(?:[ ]es|[ ]?:)|apellido(?:[ ]es|[ ]?:)|me llamo|se llama|"
    r"(?:i am|im|i'm|he is|hes|she is|shes|is|am) called|patient(?:[ ]is|[ ]?[:=-])|attn:?|(?:i|he|she|they)"
    r" goe?s? by|signed,?|(?:booked|registered|scheduled|appt|appointment|account|reservation|it'?s|file) under|"
    r"emergency contact(?:[ ]is|[ ]?:)?)[ :=-]{1,4}(?:is[ ])?",
    re.I,
)
# What follows may be a name, if it looks like one.
_LIKELY = re.compile(
    r"(?<!\w)(?:i'?m|i m|i am|this is|dis|it'?s|it is|it was|its me|its me,|it's me,|here is|soy|call me|"
    r"calls? me|ask(?:ing)? for|asked for|"
    rf"(?:tell|told|have|let|hi|hello|hey|dear|and|with|by|for|from|under|saw|see|know|meet|met|spoke (?:to|"
    rf"with)|talked (?:to|with)|about|contact|"
    rf"text|call|is|me and|me,|thanks|thank you|thx|ty|be)|(?:my|our|his|her|mi|su|the|front desk)[ ](?:best[ ]|"
    rf"older[ ]|little[ ]|big[ ]|late[ ]|ex[ ]|pain[ ])?{_RELATION}(?:[ -]in[ -]law)?(?:[ ]is|'?s name is)?)"
    r"[ ,-]{1,3}(?:(?:again|the)[ ])?",
    re.I,
)
_SELF = re.compile(
    r"(?:i'?m|i m|i am|this is|dis|it'?s|its me,?|it's me,|soy|calls? me|call me|ask for|hi|hello|hey)[ ,-]{1,3}", re.I
)
_AFTER_SELF = re.compile(
    r"[ ]*(?:$|[,.!;]|and i\b|and im\b|and i'm\b|here\b|again\b|calling\b|speaking\b|btw\b|from\b|i\b|im\b|w\b|"
    r"your?\b|not\b|\d|y\b)",
    re.I,
)
_RELATED = re.compile(
    rf"(?:my|our|his|her|mi|su|the|front desk)[ ](?:[a-z]+[ ])?{_RELATION}(?:[ -]in[ -]law)?(?:[ ]is|"
    rf"'?s name is)?[ ,-]{{1,3}}",
    re.I,
)
_TITLE = re.compile(
    r"(?<!\w)(?P<t>dr|doctor|doc|doctora|mr|mrs|ms|miss|mister|se[nñ]ora?|sra?|nurse|officer|pastor|father|"
    r"reverend|judge|prof(?:essor)?|therapist)\b\.?,?[ ]{1,2}",
    re.I,
)
_BEFORE = re.compile(
    r"[ ,]{0,2}(?:-[ ])?(?:here\b|speaking\b|is my name\b|again\b(?=[ ,.]*$)|(?:\(?my[ ]|who is my[ ])"
    + _RELATION
    + r"\b)",
    re.I,
)
_SIGNED = re.compile(
    r"(?:\b(?:thanks|thank you|thx|ty|regards|sincerely|cheers|best|love|gracias|atte|saludos)[ ]?[,.!-]{0,3}|"
    r"(?:^|[.!?\n]|\w )[ ]?-)[ \n]{1,3}",
    re.I,
)
_SPELLED = re.compile(r"(?<![\w-])[^\W\d_](?:[ .-]{1,2}[^\W\d_]){3,20}(?![\w-])")
_SPELLS = re.compile(r"\b(?:spell(?:ed|s|ing)?|name|apellido|nombre|deletrea)\b[^\n]{0,30}$", re.I)
_PARTICLES = frozenset(
    ["de", "la", "del", "los", "las", "van", "der", "den", "von", "bin", "ibn", "al", "el", "da", "dos", "di", "le"]
)
_MOST = 4  # words of one name
_FEELINGS = frozenset(["rich", "gay", "frank", "sunny", "precious", "blue", "guy"])
_VERBS = ("will", "may", "gay")
_SIZES = frozenset(["little", "big", "old", "lil", "young", "tall", "tiny", "crazy"])


class Token(NamedTuple):
    """A word of the text and where it stands."""

    word: str
    start: int
    end: int


class Names:
    """Finds names by their surroundings, and judges what the language model takes for one."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def find(self, text: str) -> Iterator[Finding]:
        """Yield names that somebody says, signs with or calls somebody by, and plain first names anywhere."""
        tokens = [Token(m.group(), *m.span()) for m in _WORD.finditer(text) if not _CUT_OFF.match(text, m.end())]
        spanish = self._words.is_spanish(token.word for token in tokens)
        at = {token.start: place for place, token in enumerate(tokens)}
        shouted = text.upper() == text
        for pattern, accept in ((_SURE, self._sure), (_TITLE, self._titled)):
            for match in pattern.finditer(text):
                place = at.get(match.end())
                if place is not None and accept(tokens[place], shouted, match.group()):
                    yield self._from(place, tokens, text, pattern is _SURE, shouted)
        for match in _LIKELY.finditer(text):
            place = at.get(match.end())
            if place is not None and self._likely(match.group(), tokens[place], text, shouted, spanish):
                yield self._from(place, tokens, text, False, shouted)
        for match in _SIGNED.finditer(text):
            place = at.get(match.end())
            if place is not None and self._signs(place, tokens, text, shouted):
                yield self._from(place, tokens, text, False, shouted)
        for match in _SPELLED.finditer(text):
            if _SPELLS.search(text, max(0, match.start() - 60), match.start()):
                yield Finding(NAME, *match.span())
        for place in range(len(tokens)):
            alone = self._stands_alone(place, tokens, text, shouted, spanish)
            if alone or self._is_initial(place, tokens, text):
                yield self._from(place, tokens, text, False, shouted)

    def judged(self, text: str, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Yield what of the language model's ``findings`` is a name."""
        shouted = text.upper() == text
        spanish = bool(findings) and self._words.is_spanish(m.group() for m in _WORD.finditer(text))
        for finding in findings:
            words = [Token(m.group(), *m.span()) for m in _WORD.finditer(text, finding.start, finding.end)]
            if not words or _NOT_A_PERSON.search(text, words[0].end, finding.end + 12):
                continue
            for good, together in groupby(words, lambda token: self._believable(token, text, shouted)):
                name = list(together)
                enough = good and (len(name) > 1 or self._enough(name[0], text, shouted))
                if enough and (not spanish or any(self._words.near(token.word) for token in name)):
                    yield Finding(NAME, name[0].start, name[-1].end)

    def _believable(self, token: Token, text: str, shouted: bool) -> bool:
        """Tell whether a word that the model takes for a part of a name may be one."""
        word = token.word
        if self._words.excluded(word):
            return False
        if self._words.plain_name(word):
            return True
        if not word[0].isupper() or shouted:
            return False
        return (word[1:].islower() or "-" in word or "'" in word) and (
            self._words.given(word) or self._words.surname(word) or self._words.unknown(word)
        )

    def _enough(self, token: Token, text: str, shouted: bool) -> bool:
        """Tell whether one believable word is a name by itself."""
        if self._words.plain_name(token.word):
            return True
        if self._words.never_alone(token.word):
            return False
        if _starts_a_sentence(text, token.start) and self._words.everyday(token.word):
            return False
        return self._words.unknown(token.word) or self._words.given(token.word)

    def _sure(self, token: Token, shouted: bool, said: str) -> bool:
        low = token.word.lower()
        if not _ANNOUNCED.search(said) and self._words.everyday(low) and not self._words.given(low):
            return False
        if low in self._words.after_my_name or (self._words.spanish(low) and not self._words.given(low)):
            return False
        return not self._words.excluded(low) or (self._words.given(low) and token.word[0].isupper() and not shouted)

    def _titled(self, token: Token, shouted: bool, said: str) -> bool:
        words, word = self._words, token.word
        title = said.strip(" .,").lower()
        if words.excluded(word):
            return False
        if title in ("mr", "mrs", "mister"):
            return True
        if words.plain_name(word) or words.unknown(word) or (words.surname(word) and not words.everyday(word)):
            return len(word) > 2
        if word[0].isupper() and not shouted:
            return words.surname(word) or words.given(word)
        return words.surname_alone(word)

    def _likely(self, said: str, token: Token, text: str, shouted: bool, spanish: bool) -> bool:
        words, word = self._words, token.word
        if spanish and not (words.near(word) or (word[0].isupper() and words.unknown(word))):
            return False
        if words.excluded(word) and not (words.given(word) and word[0].isupper() and _SELF.fullmatch(said)):
            return False
        if words.plain_name(word):
            return True
        following = _WORD.match(text, token.end + 1)
        if following and self._is_followed(word, following.group()):
            return True
        about_self, related = bool(_SELF.fullmatch(said)), bool(_RELATED.fullmatch(said))
        if word[0].isupper() and not shouted:
            if words.given(word) and (words.ambiguous(word) or not words.everyday(word)):
                return (about_self or related) or not words.never_alone(word)
            if related and word[1:].islower() and not words.spanish(word):
                return words.only_a_thing(word) or words.unknown(word)
            return about_self and word[1:].islower() and words.unknown(word)
        if related:
            return words.given(word) and (words.ambiguous(word) or words.only_a_thing(word)) and word not in _VERBS
        if about_self and not spanish and len(word) > 4 and words.unknown(word) and not words.misspelled(word):
            return bool(_AFTER_SELF.match(text, token.end))
        if about_self and words.ambiguous(word):
            return bool(_AFTER_SELF.match(text, token.end)) and word not in _FEELINGS
        return False

    def _is_followed(self, word: str, following: str) -> bool:
        """Tell whether a word that is no name by itself is one with the word after it: "li wei", "big mike"."""
        words = self._words
        if word.lower() in _SIZES:
            return words.plain_name(following) or (words.ambiguous(following) and following not in _VERBS)
        return words.given(word) and not words.everyday(word) and words.given(following) and words.unknown(following)

    def _signs(self, place: int, tokens: list[Token], text: str, shouted: bool) -> bool:
        """Tell whether a name is written under the message: the last words, and nothing else after them."""
        last = tokens[place : place + 4]
        if len(last) > 3 or text[tokens[-1].end :].strip(" .,!\n"):
            return False
        word = last[0].word
        capital = word[0].isupper() and not shouted
        return not self._words.excluded(word) and (
            self._words.plain_name(word) or (capital and (self._words.given(word) or self._words.unknown(word)))
        )

    def _stands_alone(self, place: int, tokens: list[Token], text: str, shouted: bool, spanish: bool) -> bool:
        """Tell whether a word is a first name wherever it stands, or by what follows it."""
        words, token = self._words, tokens[place]
        if words.excluded(token.word) or _NOT_A_PERSON.match(text, token.end):
            return False
        if words.plain_name(token.word) and (words.near(token.word) or not spanish):
            return True
        if spanish:
            return False
        if not words.given(token.word) and not (token.word[0].isupper() and words.unknown(token.word)):
            return False
        capital = token.word[0].isupper() and token.word[1:].islower() and not _starts_a_sentence(text, token.start)
        if capital and words.given(token.word) and words.only_a_thing(token.word) and not words.ambiguous(token.word):
            return any(other.word.islower() and len(other.word) > 2 for other in tokens)
        if token.word[0].isupper() or words.ambiguous(token.word):
            follower = tokens[place + 1] if place + 1 < len(tokens) else None
            end = token.end
            if follower and self._continues(follower, shouted, False) and text[end : follower.start] == " ":
                if token.word[0].isupper() and follower.word[0].isupper() and not shouted:
                    return words.given(token.word)
                end = follower.end
            sure = not words.never_alone(token.word) or text[end : end + 5] == " here"
            return sure and bool(_BEFORE.match(text, end)) and (place == 0 or token.word[0].isupper())
        return False

    def _is_initial(self, place: int, tokens: list[Token], text: str) -> bool:
        """Tell whether a letter with a full stop stands before a surname."""
        following = tokens[place + 1] if place + 1 < len(tokens) else None
        if (
            following is None
            or len(tokens[place].word) > 1
            or text[tokens[place].end : following.start] not in (". ", ".")
        ):
            return False
        words, word = self._words, following.word
        if len(word) < 4 or words.excluded(word) or words.spanish(word):
            return False
        return words.surname_or_thing(word) or words.plain_name(word) or words.unknown(word)

    def _from(self, place: int, tokens: list[Token], text: str, sure: bool, shouted: bool) -> Finding:
        """Return the name that begins with a token, with what else belongs to it."""
        last = place
        while last + 1 < len(tokens) and last - place + 1 < _MOST:
            following = tokens[last + 1]
            between = text[tokens[last].end : following.start]
            if between not in (" ", "  ", ". ", ".") or ("." in between and len(tokens[last].word) > 1):
                break
            if following.word.lower() in _PARTICLES and last + 2 < len(tokens):
                after = last + 2 + (tokens[last + 2].word.lower() in _PARTICLES and last + 3 < len(tokens))
                if self._continues(tokens[after], shouted, sure) and text[
                    following.end : tokens[after].start
                ].strip() in ("", following.word, tokens[after - 1].word):
                    last = after
                    continue
                break
            if not self._continues(following, shouted, sure):
                break
            last += 1
        return Finding(NAME, tokens[place].start, tokens[last].end)

    def _continues(self, token: Token, shouted: bool, sure: bool) -> bool:
        """Tell whether a word goes on with a name."""
        words, word = self._words, token.word
        if len(word) == 1:
            return word.lower() not in ("i", "a", "y", "w", "u", "r", "n", "k") or (
                word.isupper() and word != "I" and not shouted
            )
        if words.excluded(word) or words.spanish(word):
            return False
        if word[0].isupper() and not shouted:
            return True
        if words.plain_name(word) or (words.surname(word) and not words.everyday(word)):
            return not words.never_alone(word)
        if words.surname_or_thing(word) or (sure and words.surname_alone(word)):
            return True
        return sure and len(word) > 3 and words.unknown(word)


def _starts_a_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \"'(")
    return not before or before[-1] in ".!?\n"
