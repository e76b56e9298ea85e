"""What is found, and in what order."""

from __future__ import annotations

import pytest

from cop.search import _matching
from cop.search.port import KINDS, MOST_HITS, Kind, SearchQuery
from cop.search.whoosh_index import WhooshIndex
from tests.search.texts import EVERYWHERE, NIGHT, SECRET, WARD, a_reply, a_text, ask, found, some_texts


def test_words_lead_to_the_text_in_which_they_stand(index: WhooshIndex) -> None:
    picking, other = a_text("He was picking at the sheet."), a_text("The drain was full.")
    index.put([picking, other])
    assert found(index, "picking") == [picking.id]
    assert found(index, "lactate") == []


@pytest.mark.parametrize("typed", ["alarm", "Alarms", "ALARMING", "“alarms”"])
def test_any_form_of_a_word_finds_any_other(index: WhooshIndex, typed: str) -> None:
    text = a_text("The alarm’s been silenced.")
    index.put([text, a_text("All quiet.")])
    assert found(index, typed) == [text.id]


def test_accents_and_their_spelling_do_not_matter(index: WhooshIndex) -> None:
    text = a_text("Frau Mu\u0308ller im Café")
    index.put([text])
    assert found(index, "müller") == found(index, "muller cafe") == [text.id]


def test_letters_within_a_mixed_word_are_found(index: WhooshIndex) -> None:
    text = a_text("pvc-3b405e13-ddb4-11e6 of O'Brien")
    index.put([text])
    assert found(index, "ddb brien") == found(index, "ddb4 obrien") == [text.id]


def test_title_and_author_are_found_too(index: WhooshIndex) -> None:
    text = a_text("Nothing to see.", title="Cold knees, good numbers", author="Maren Oduya")
    index.put([text])
    assert found(index, "numbers") == found(index, "oduya knees") == [text.id]


def test_texts_with_all_words_are_preferred_to_those_with_some(index: WhooshIndex) -> None:
    both = a_text("cold knees " + "and much else " * 50)
    index.put([a_text("cold cold cold"), both, a_text("knees knees")])
    answer = ask(index, "cold knees")
    assert [hit.text_id for hit in answer.hits] == [both.id]
    assert answer.has_every_word


def test_where_no_text_has_all_words_some_will_do(index: WhooshIndex) -> None:
    cold, knees = a_text("cold feet"), a_text("good knees")
    index.put([cold, knees, a_text("drain")])
    answer = ask(index, "cold knees")
    assert {hit.text_id for hit in answer.hits} == {cold.id, knees.id}
    assert not answer.has_every_word


def test_unknown_words_are_left_out(index: WhooshIndex) -> None:
    text = a_text("cold knees")
    index.put([text])
    answer = ask(index, "cold kneees knees")
    assert [hit.text_id for hit in answer.hits] == [text.id]
    assert set(answer.words) == {"cold", "knees"}
    assert not answer.has_every_word


def test_more_than_six_words_are_a_situation_and_its_rarest_words_come_first(index: WhooshIndex) -> None:
    common = "patient nurse doctor night"
    rare = "lactate sheet plucking drain bowel restless"
    near, nearer = a_text(f"{rare[:20]} {common}"), a_text(f"{rare} and nothing of the rest")
    index.put([near, nearer, *(a_text(common) for _ in range(5))])
    answer = ask(index, f"{common} {rare}")
    assert set(answer.words[:6]) == set(rare.split())
    assert [hit.text_id for hit in answer.hits][:2] == [nearer.id, near.id]
    assert not answer.has_every_word


def test_of_a_situation_common_words_are_read_while_they_cost_little(
    index: WhooshIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_matching, "READ_BEYOND", 3)
    index.put([a_text("lactate sheet plucking drain bowel restless at night"), *(a_text("patient") for _ in range(9))])
    index.put([a_text("patient night night night"), a_text("nurse"), a_text("nurse night")])
    answer = ask(index, "lactate sheet plucking drain bowel restless nurse night patient")
    assert set(answer.words) == {"lactate", "sheet", "plucking", "drain", "bowel", "restless", "nurse"}


def test_what_is_typed_twice_counts_twice(index: WhooshIndex) -> None:
    night, drain = a_text("a night again"), a_text("a drain again")
    index.put([night, drain])
    situation = "lactate sheet plucking bowel restless"
    assert found(index, f"{situation} drain night drain") == [drain.id, night.id]
    assert found(index, f"{situation} night drain night") == [night.id, drain.id]


def test_phrase_stands_side_by_side(index: WhooshIndex) -> None:
    right = a_text("He said he was fine, again.")
    index.put([right, a_text("He said she was fine."), a_text("Fine, he said. He was."), a_text("was he said he fine")])
    assert found(index, '"he said he was fine"') == [right.id]


def test_phrase_of_small_words_is_found(index: WhooshIndex) -> None:
    text = a_text("To be or not to be, that is it.")
    index.put([text, a_text("not to be or to be")])
    assert found(index, '"to be or not to be"') == [text.id]


def test_phrase_does_not_reach_from_title_into_body(index: WhooshIndex) -> None:
    index.put([a_text("numbers lie", title="Good"), a_text("more", title="Good knees")])
    assert found(index, '"good numbers"') == []
    assert found(index, '"knees good"') == []


def test_phrase_must_be_there_even_if_the_words_beside_it_are_not(index: WhooshIndex) -> None:
    phrase = a_text("cold knees at night")
    index.put([phrase, a_text("knees cold lactate"), a_text("lactate")])
    answer = ask(index, '"cold knees" lactate')
    assert [hit.text_id for hit in answer.hits] == [phrase.id]
    assert not answer.has_every_word


def test_phrase_is_found_across_segments_and_deletions(index: WhooshIndex) -> None:
    index.put(some_texts(40))
    early, late = a_text("the cold wet knees"), a_text("her cold wet knees")
    index.put([early])
    index.put([a_text("cold knees wet"), late])
    index.remove([10**6 + 3])
    assert set(found(index, '"cold wet knees"')) == {early.id, late.id}


def test_excluded_word_drops_the_whole_thread(index: WhooshIndex) -> None:
    story, clean = a_text("cold knees"), a_text("cold feet")
    index.put([story, a_reply("We tried sedation by phone.", story), clean])
    assert found(index, "cold -sedation") == [clean.id]
    assert found(index, 'cold -"by phone"') == [clean.id]
    assert set(found(index, 'cold -"phone by"')) == {story.id, clean.id}


def test_thread_is_shown_once_by_its_best_text(index: WhooshIndex) -> None:
    story = a_text("A long night with a drain and other things, and then more of the same, as ever and ever.")
    reply = a_reply("Drain, drain!", story)
    index.put([story, reply, a_reply("No idea about the drain or anything else here.", story)])
    (hit,) = ask(index, "drain").hits
    assert (hit.thread_id, hit.text_id) == (story.thread_id, reply.id)
    assert hit.score > 0


def test_reply_is_found_by_its_thread_s_title_together_with_its_own_words(index: WhooshIndex) -> None:
    story = a_text("He was restless.", title="Cold knees")
    reply = a_reply("Lactate first.", story, title="Cold knees")
    index.put([story, reply])
    assert found(index, "knees lactate") == [reply.id]
    assert found(index, "knees") == [story.id]


def test_exact_title_comes_first(index: WhooshIndex) -> None:
    titled = a_text("Something else altogether. " * 30, title="How do you tell delirium from a full bladder?")
    louder = [
        a_text("delirium bladder full tell " * 9, title="Full bladder, delirium: tell how you do") for _ in range(5)
    ]
    index.put([*louder, titled])
    assert found(index, "how do you tell Delirium from a full bladder")[0] == titled.id
    assert found(index, "how do you tell delirium from a full bladder -else") == [text.id for text in louder]


def test_words_in_the_title_weigh_more(index: WhooshIndex) -> None:
    title = a_text("He was restless all night long.", title="A full drain")
    body = a_text("He was restless all drain long.", title="A full night")
    index.put([body, title])
    assert found(index, "drain") == [title.id, body.id]


def test_of_equals_the_newer_comes_first(index: WhooshIndex) -> None:
    old, new = a_text("cold knees", at=100), a_text("cold knees", at=200)
    index.put([new, old])
    assert found(index, "knees") == [new.id, old.id]


def test_procedures_come_after_everything_else(index: WhooshIndex) -> None:
    procedure = a_text("cold knees cold knees", title="Cold knees", kind="procedure")
    question = a_text("Some words, and knees among them, and cold as well.", kind="question")
    index.put([procedure, question])
    assert found(index, "cold knees") == [question.id, procedure.id]


@pytest.mark.parametrize("kind", KINDS)
def test_kind_is_confined_to_its_threads(index: WhooshIndex, kind: Kind) -> None:
    texts = {other: a_text("knees", kind=other) for other in KINDS}
    index.put(texts.values())
    assert found(index, f"knees kind:{kind}") == [texts[kind].id]


def test_several_kinds_are_found_together(index: WhooshIndex) -> None:
    texts = {kind: a_text("knees", kind=kind) for kind in KINDS}
    index.put(texts.values())
    assert set(found(index, "knees kind:story kind:question")) == {texts["story"].id, texts["question"].id}


def test_only_communities_that_are_seen_are_searched(index: WhooshIndex) -> None:
    ward, night, secret = (a_text("cold knees", community_id=c, title="Cold knees") for c in (WARD, NIGHT, SECRET))
    index.put([ward, night, secret])
    assert set(found(index, "cold knees", seen={WARD, NIGHT})) == {ward.id, night.id}
    assert found(index, "cold knees", seen=()) == []


@pytest.mark.parametrize("narrowed_to", [{SECRET}, {SECRET, WARD}, set(), {99}])
def test_community_that_is_not_seen_stays_unseen_when_it_is_named(index: WhooshIndex, narrowed_to: set[int]) -> None:
    ward, secret = a_text("cold knees"), a_text("cold knees", community_id=SECRET)
    index.put([ward, secret])
    query = SearchQuery(
        words=("cold",),
        phrases=(("cold", "knees"),),
        title=("cold", "knees"),
        communities=frozenset({WARD, NIGHT}),
        narrowed_to=frozenset(narrowed_to),
    )
    assert {hit.text_id for hit in index.find(query).hits} == ({ward.id} if WARD in narrowed_to else set())


@pytest.mark.parametrize(
    "typed",
    ["w7", "w900 w40", "w3 w2 w1 w8 w9 w5 w11 w12", '"w1 w2"', "w5 secretword", "w30 -w1", "w2000 nowhere"],
)
def test_what_is_not_seen_does_not_even_weigh(index: WhooshIndex, typed: str) -> None:
    index.put(some_texts(120))
    before = ask(index, typed, seen={WARD})
    index.put(a_text("w7 w900 secretword w12 w11 w2000 " * 9, community_id=SECRET) for _ in range(60))
    assert ask(index, typed, seen={WARD}) == before


def test_never_more_hits_than_promised(index: WhooshIndex) -> None:
    index.put(a_text("knees") for _ in range(MOST_HITS + 20))
    assert len(ask(index, "knees").hits) == MOST_HITS
    query = SearchQuery(words=("knees",), communities=EVERYWHERE)
    assert len(index.find(query, limit=20).hits) == 20
    assert len(index.find(query, limit=10**6).hits) == MOST_HITS
    assert index.find(query, limit=-1).hits == ()


def test_asking_for_nothing_finds_nothing(index: WhooshIndex) -> None:
    index.put([a_text("knees")])
    assert found(index, "") == found(index, "kind:story") == found(index, "-knees") == []
