"""what accounts keep beside a name and a password"""

import unicodedata

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
_TIME = sa.DateTime(timezone=True)


# Never a copy of a table that others point to: on SQLite the old one is dropped, and with it, by cascade, what points to it.
_IN_PLACE = {'recreate': 'never'}


def upgrade():
    with op.batch_alter_table('person', **_IN_PLACE) as person:
        person.add_column(sa.Column('name_skeleton', sa.String(200), nullable=False, server_default=''))
        person.add_column(sa.Column('willing_to_be_asked', sa.Boolean(), nullable=False, server_default='0'))
        person.add_column(sa.Column('bio', sa.Text(), nullable=False, server_default=''))
        person.add_column(sa.Column('bio_html', sa.Text(), nullable=False, server_default=''))
        person.add_column(sa.Column('bio_renderer', _ID, nullable=False, server_default='0'))
        person.add_column(sa.Column('language', sa.String(12), nullable=False, server_default=''))
        person.add_column(sa.Column('time_zone', sa.String(64), nullable=False, server_default=''))
        person.add_column(sa.Column('theme', sa.String(10), nullable=False, server_default=''))
        person.add_column(sa.Column('verified_at', _TIME, nullable=True))
        person.add_column(sa.Column('administrator_since', _TIME, nullable=True))
        person.add_column(sa.Column('suspended_at', _TIME, nullable=True))
        person.add_column(sa.Column('suspended_by_id', _ID, nullable=True))
        person.add_column(sa.Column('suspended_for', sa.String(280), nullable=False, server_default=''))
        person.add_column(sa.Column('deactivated_at', _TIME, nullable=True))
        person.create_index(person.f('ix_person_name_skeleton'), ['name_skeleton'])
        person.create_index(person.f('ix_person_administrator_since'), ['administrator_since'])
    with op.batch_alter_table('session', **_IN_PLACE) as session:
        session.add_column(sa.Column('device', sa.String(40), nullable=False, server_default=''))
        session.add_column(sa.Column('last_seen_at', _TIME, nullable=True))
    op.create_table('ticket',
    sa.Column('id', _ID, nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('purpose', sa.String(length=20), nullable=False),
    sa.Column('person_id', _ID, nullable=True),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('issued_at', _TIME, nullable=False),
    sa.Column('expires_at', _TIME, nullable=False),
    sa.Column('used_at', _TIME, nullable=True),
    sa.CheckConstraint("purpose IN ('sign-up', 'invitation', 'verify', 'reset', 'new-address', 'undo')", name=op.f('ck_ticket_purpose')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_ticket_person_id_person'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_ticket_token_hash'))
    )
    with op.batch_alter_table('ticket') as ticket:
        ticket.create_index(ticket.f('ix_ticket_person_id_purpose'), ['person_id', 'purpose'])
        ticket.create_index(ticket.f('ix_ticket_address_purpose'), ['address', 'purpose'])
        ticket.create_index(ticket.f('ix_ticket_expires_at'), ['expires_at'])
    op.create_table('site_setting',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('value', sa.String(length=200), nullable=False),
    sa.Column('set_at', _TIME, nullable=False),
    sa.Column('set_by_id', _ID, nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_site_setting'))
    )
    _spell_names()


def downgrade():
    op.drop_table('site_setting')
    op.drop_table('ticket')
    op.drop_column('session', 'last_seen_at')
    op.drop_column('session', 'device')
    op.drop_index('ix_person_administrator_since', 'person')
    op.drop_index('ix_person_name_skeleton', 'person')
    for name in (
        'deactivated_at', 'suspended_for', 'suspended_by_id', 'suspended_at', 'administrator_since', 'verified_at',
        'theme', 'time_zone', 'language', 'bio_renderer', 'bio_html', 'bio', 'willing_to_be_asked', 'name_skeleton',
    ):
        op.drop_column('person', name)


def _spell_names():
    """The bones of the names there are, as far as they need no table: names of before were Latin for the most part."""
    person = sa.table('person', sa.column('id', sa.BigInteger), sa.column('name', sa.String), sa.column('name_skeleton', sa.String))
    connection = op.get_bind()
    for number, name in connection.execute(sa.select(person.c.id, person.c.name)).all():
        plain = unicodedata.normalize('NFKD', unicodedata.normalize('NFKD', name).casefold())
        bones = ''.join(c for c in plain if c.isalnum()).translate(str.maketrans('01i5', 'olls'))
        connection.execute(sa.update(person).where(person.c.id == number).values(
            name_skeleton=bones.replace('rn', 'm').replace('vv', 'w')[:200]))
