"""what somebody did on a thread before, read off an index alone"""

from alembic import op


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index(op.f('ix_act_person_id_thread_id_kind'), 'act', ['person_id', 'thread_id', 'kind'], unique=False)
    op.drop_index(op.f('ix_act_person_id_thread_id'), table_name='act')


def downgrade():
    op.create_index(op.f('ix_act_person_id_thread_id'), 'act', ['person_id', 'thread_id'], unique=False)
    op.drop_index(op.f('ix_act_person_id_thread_id_kind'), table_name='act')
