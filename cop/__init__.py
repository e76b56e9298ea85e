"""CoP: a forum in which a community of practice keeps its judgement alive.

The packages, top to bottom. Imports go down only; upward talk is by event.

    start           the command `cop`, from its first line
    app             create_app()
    wiring          every consequence of every event, and every job, on one page
    web, cli        delivery: pages, commands
    demo            the demonstration: its people and stories, told through the operations
    transfer        import of stories
    notifications   what people are told by mail
    search          the port, its Whoosh adapter, what is indexed
    ranking         the mathematics of order, the acts and the stored keys
    endorsements    verdicts, check-ins, conditions, and what people are going to try
    cases           where a case is cut, what people chose there before they were told, and what came of it
    discussions     threads, the fields of a story, replies, how threads end and who keeps them
    communities     communities, memberships, vouches
    accounts        people, their names, sessions, letters and tickets, administrators, the viewer
    platform        database, events, outbox, ids, markup, words, mail, limits: knows no word of the domain
    settings        what an operator decides

Glossary (the same word in code, address, table, template and interface):

    community       people who share a practice, and the place where they talk about it
    practitioner    a member for whom a moderator has vouched; a newcomer is one who has only joined
    moderator       a practitioner who curates
    administrator   who looks after the site; sees communities from outside, and into none
    ticket          what the link in a letter allows, once and for a while
    former member   who has left: what they told stays, and nothing says who they were
    thread          one discussion; its kind is story, case, question or procedure
    teller          whoever told a story; an imported one has none
    cue             a short line of what the teller noticed
    reply           reply, answer (the teller's), report (field report), dissent, probe
    probe           a typed question to the teller: open, answered, declined or withdrawn; may quote what it is about
    wondered too    said of a probe instead of asking it again
    waiting         a probe whose turn has not come: five stand open on a thread, two of one person
    asking a panel  a probe to the practitioners who chose at a decision, by somebody who stands alone there
    in my case      a reply beside a probe, by somebody who is not the teller
    sitting back    for two days after telling the teller listens, and nobody expects an answer
    revision        a change of a thread or a reply, with what stood before it
    withdrawn       taken back by whoever told or said it; for thirty days they may bring it back
    mark            how far somebody has read a thread; theirs alone
    procedure       a pointer to a document; its grounds are the discussions it rests on
    case            a situation cut at its forks; a live one is not decided yet
    fork            a moment at which it could have gone otherwise, with its options; on the page: a decision
    commitment      what somebody chose at a fork before they were told; a second thought stands beside it
    seal            withholds what lies behind a fork from whoever has neither chosen there nor read on
    panel           the practitioners who chose at a fork, none seeing the others
    verdict         what somebody says of a story: seen, held, adapted, otherwise, failed
    insight         “that helped me see it”, said of a teller's answer, or of what others reply to a question
    check-in        the question whether it still holds, asked once what was told has aged: still, depends, no longer
    condition       "holds when" or "not when", which the teller's side and half of those who dissent accept
    ending          a thread was retired with a reason, or superseded by a successor; it stays to be read
    keeper          a practitioner who looks after what somebody told who has gone, and changes none of its words
    trying          what somebody is going to do; nobody else knows
    act             one event that counts for order; append-only
    voice           the weight of a person's acts, 0 to 1, frozen on the act
    living, resting whether practitioners were active lately; neither is a merit
    need            something a thread waits for, with its day: an answer, a check-in, a condition, an outcome
    set aside       said of a need by somebody whom it shall leave alone for a week
    explored        shown in a place of Living that is for what is new and few have read
    callback        what became of what somebody told, for them alone
    K, q, R, E      liveliness, holding, the keys of Living and Endorsed (see ranking)
"""
