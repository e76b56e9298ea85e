"""the first tables"""

from alembic import op
import sqlalchemy as sa


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('community',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('slug', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('practice', sa.String(length=200), nullable=False),
    sa.Column('welcome', sa.Text(), nullable=False),
    sa.Column('visibility', sa.String(length=10), nullable=False),
    sa.Column('ink', sa.String(length=20), nullable=False),
    sa.Column('half_life_days', sa.Double(), nullable=False),
    sa.Column('verdict_half_life_days', sa.Double(), nullable=False),
    sa.Column('quality_weight', sa.Double(), nullable=False),
    sa.Column('shelf_life', sa.String(length=10), nullable=False),
    sa.Column('founded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("ink IN ('iron', 'verdigris', 'sepia')", name=op.f('ck_community_ink')),
    sa.CheckConstraint("shelf_life IN ('weeks', 'months', 'years', 'never')", name=op.f('ck_community_shelf_life')),
    sa.CheckConstraint("visibility IN ('public', 'members', 'secret')", name=op.f('ck_community_visibility')),
    sa.CheckConstraint('half_life_days BETWEEN 7 AND 180', name=op.f('ck_community_half_life')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_community')),
    sa.UniqueConstraint('slug', name=op.f('uq_community_slug'))
    )
    op.create_table('limit_count',
    sa.Column('key', sa.String(length=300), nullable=False),
    sa.Column('hits', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expires_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_limit_count'))
    )
    with op.batch_alter_table('limit_count', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_limit_count_expires_at'), ['expires_at'], unique=False)

    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('job', sa.String(length=60), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('crashes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('claim', sa.String(length=40), nullable=True),
    sa.Column('dead_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fault', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_outbox_dead_at_due_at_id'), ['dead_at', 'due_at', 'id'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('handle', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('practice', sa.String(length=120), nullable=False),
    sa.Column('practising_since', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('setting', sa.String(length=160), nullable=False),
    sa.Column('signed_up_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('handle', name=op.f('uq_person_handle'))
    )
    op.create_table('sent_form',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('led_to', sa.String(length=500), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('person_id', 'key', name=op.f('pk_sent_form'))
    )
    with op.batch_alter_table('sent_form', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sent_form_sent_at'), ['sent_at'], unique=False)

    op.create_table('membership',
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('community_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('role', sa.String(length=20), nullable=False),
    sa.Column('voice', sa.Double(), nullable=False),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('practitioner_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('silenced_until', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("role IN ('newcomer', 'practitioner', 'moderator')", name=op.f('ck_membership_role')),
    sa.CheckConstraint('voice BETWEEN 0 AND 1', name=op.f('ck_membership_voice')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_membership_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_membership_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'community_id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_community_id_role'), ['community_id', 'role'], unique=False)

    op.create_table('session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_session_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_session')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_session_token_hash'))
    )
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_session_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_session_person_id'), ['person_id'], unique=False)

    op.create_table('thread',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('community_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('teller_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('hook', sa.String(length=62), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('happened', sa.String(length=7), nullable=False),
    sa.Column('shelf_life', sa.String(length=10), nullable=False),
    sa.Column('words', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('replies', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('outcome_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revision', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attribution', sa.String(length=200), nullable=False),
    sa.Column('source_url', sa.String(length=500), nullable=False),
    sa.Column('external_id', sa.String(length=200), nullable=True),
    sa.CheckConstraint("kind IN ('story', 'case', 'question', 'procedure')", name=op.f('ck_thread_kind')),
    sa.CheckConstraint("shelf_life IN ('weeks', 'months', 'years', 'never')", name=op.f('ck_thread_shelf_life')),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_thread_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teller_id'], ['person.id'], name=op.f('fk_thread_teller_id_person'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread')),
    sa.UniqueConstraint('community_id', 'external_id', name=op.f('uq_thread_community_id_external_id'))
    )
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_thread_community_id_told_at'), ['community_id', 'told_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_thread_teller_id_told_at'), ['teller_id', 'told_at'], unique=False)

    op.create_table('vouch',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('community_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('for_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line', sa.String(length=280), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('by_id <> for_id', name=op.f('ck_vouch_not_oneself')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_vouch_by_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_vouch_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['for_id'], ['person.id'], name=op.f('fk_vouch_for_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vouch')),
    sa.UniqueConstraint('community_id', 'by_id', 'for_id', name=op.f('uq_vouch_community_id_by_id_for_id'))
    )
    with op.batch_alter_table('vouch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vouch_community_id_for_id'), ['community_id', 'for_id'], unique=False)

    op.create_table('act',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('voice', sa.Double(), nullable=False),
    sa.Column('ref', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('role', sa.String(length=10), nullable=True),
    sa.Column('counts_as', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_act_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_act')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_act_person_id_thread_id'), ['person_id', 'thread_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_act_thread_id_at_id'), ['thread_id', 'at', 'id'], unique=False)

    op.create_table('not_now',
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_not_now_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_not_now_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'person_id', name=op.f('pk_not_now'))
    )
    op.create_table('participation',
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('seat', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('x', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_participation_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'seat', name=op.f('pk_participation'))
    )
    op.create_table('reply',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('answers_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('verdict', sa.String(length=10), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('setting', sa.String(length=200), nullable=False),
    sa.Column('differed', sa.String(length=1000), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revision', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('revised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seal_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("(kind = 'answer') = (answers_id IS NOT NULL)", name=op.f('ck_reply_answers')),
    sa.CheckConstraint("(kind IN ('report', 'dissent')) = (verdict IS NOT NULL)", name=op.f('ck_reply_verdict_of_kind')),
    sa.CheckConstraint("kind IN ('reply', 'probe', 'answer', 'report', 'dissent')", name=op.f('ck_reply_kind')),
    sa.CheckConstraint("verdict IN ('held', 'adapted', 'failed', 'otherwise')", name=op.f('ck_reply_verdict')),
    sa.ForeignKeyConstraint(['answers_id'], ['reply.id'], name=op.f('fk_reply_answers_id_reply'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_reply_author_id_person'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_reply_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply'))
    )
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_answers_id'), ['answers_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_author_id_said_at'), ['author_id', 'said_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_thread_id_said_at_id'), ['thread_id', 'said_at', 'id'], unique=False)

    op.create_table('story_field',
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('html', sa.Text(), nullable=False),
    sa.Column('renderer', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.CheckConstraint("name IN ('situation', 'noticed', 'expected', 'options', 'did_why', 'outcome', 'not_when', 'watch_for')", name=op.f('ck_story_field_name')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_story_field_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'name', name=op.f('pk_story_field'))
    )
    op.create_table('thread_order',
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('community_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('is_procedure', sa.Boolean(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('k', sa.Double(), nullable=False),
    sa.Column('log2_p', sa.Double(), nullable=True),
    sa.Column('log2_n', sa.Double(), nullable=True),
    sa.Column('p_all', sa.Double(), nullable=False),
    sa.Column('n_all', sa.Double(), nullable=False),
    sa.Column('dissenters', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('firm_dissenters', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('q', sa.Double(), nullable=False),
    sa.Column('r', sa.Double(), nullable=False),
    sa.Column('e', sa.Double(), nullable=False),
    sa.Column('rest_at', sa.Double(), nullable=False),
    sa.Column('practised_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('last_verified', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('base_shelf_days', sa.Double(), nullable=False),
    sa.Column('shelf_days', sa.Double(), nullable=False),
    sa.Column('check_due', sa.Double(), nullable=False),
    sa.Column('contested_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('condition_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('latest_at', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('latest_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['community_id'], ['community.id'], name=op.f('fk_thread_order_community_id_community'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_order_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', name=op.f('pk_thread_order'))
    )
    with op.batch_alter_table('thread_order', schema=None) as batch_op:
        batch_op.create_index('ix_thread_order_endorsed', ['community_id', 'is_procedure', 'e', 'k', 'thread_id'], unique=False)
        batch_op.create_index('ix_thread_order_living', ['community_id', 'is_procedure', 'r', 'thread_id'], unique=False)
        batch_op.create_index('ix_thread_order_new', ['community_id', 'is_procedure', 'told_at', 'thread_id'], unique=False)
        batch_op.create_index('ix_thread_order_practised', ['community_id', 'practised_at'], unique=False)
        batch_op.create_index('ix_thread_order_rest', ['rest_at', 'thread_id'], unique=False)

    op.create_table('verdict',
    sa.Column('thread_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('voice', sa.Double(), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reply_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("kind IN ('seen', 'held', 'adapted', 'otherwise', 'failed')", name=op.f('ck_verdict_kind')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_verdict_person_id_person'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_verdict_reply_id_reply'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_verdict_thread_id_thread'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('thread_id', 'person_id', name=op.f('pk_verdict'))
    )
    with op.batch_alter_table('verdict', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_verdict_person_id_given_at'), ['person_id', 'given_at'], unique=False)



def downgrade():
    with op.batch_alter_table('verdict', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_verdict_person_id_given_at'))

    op.drop_table('verdict')
    with op.batch_alter_table('thread_order', schema=None) as batch_op:
        batch_op.drop_index('ix_thread_order_rest')
        batch_op.drop_index('ix_thread_order_practised')
        batch_op.drop_index('ix_thread_order_new')
        batch_op.drop_index('ix_thread_order_living')
        batch_op.drop_index('ix_thread_order_endorsed')

    op.drop_table('thread_order')
    op.drop_table('story_field')
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_reply_thread_id_said_at_id'))
        batch_op.drop_index(batch_op.f('ix_reply_author_id_said_at'))
        batch_op.drop_index(batch_op.f('ix_reply_answers_id'))

    op.drop_table('reply')
    op.drop_table('participation')
    op.drop_table('not_now')
    with op.batch_alter_table('act', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_act_thread_id_at_id'))
        batch_op.drop_index(batch_op.f('ix_act_person_id_thread_id'))

    op.drop_table('act')
    with op.batch_alter_table('vouch', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vouch_community_id_for_id'))

    op.drop_table('vouch')
    with op.batch_alter_table('thread', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_thread_teller_id_told_at'))
        batch_op.drop_index(batch_op.f('ix_thread_community_id_told_at'))

    op.drop_table('thread')
    with op.batch_alter_table('session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_session_person_id'))
        batch_op.drop_index(batch_op.f('ix_session_expires_at'))

    op.drop_table('session')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_community_id_role'))

    op.drop_table('membership')
    with op.batch_alter_table('sent_form', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sent_form_sent_at'))

    op.drop_table('sent_form')
    op.drop_table('person')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outbox_dead_at_due_at_id'))

    op.drop_table('outbox')
    with op.batch_alter_table('limit_count', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_limit_count_expires_at'))

    op.drop_table('limit_count')
    op.drop_table('community')
