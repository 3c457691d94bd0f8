import type { Kysely } from 'kysely'
import type { Schema } from '../schema.ts'

/** @returns how many calls a user has, and how much feedback is theirs or on their calls. */
export async function countUser(
  db: Kysely<Schema>,
  { userId }: { userId: string },
): Promise<{ calls: number; feedback: number }> {
  return db.transaction().execute(async (snapshot) => {
    // By the unique index on the name.
    const followed = await snapshot
      .selectFrom('user')
      .select('calls')
      .where('name', '=', userId)
      .executeTakeFirst()
    // By the primary key: calls that the tables do not follow yet.
    const ahead = await snapshot
      .selectFrom('app_log')
      .select((eb) => eb.fn.countAll<number>().as('calls'))
      .where('id', '>', (eb) => eb.selectFrom('rollup_state').select('followed_up_to'))
      .where('user_id', '=', userId)
      .where('is_step', '=', 0)
      .executeTakeFirst()
    // By feedback_user and feedback_call_user.
    const feedback = await snapshot
      .selectFrom('feedback')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where((eb) => eb.or([eb('user_id', '=', userId), eb('call_user_id', '=', userId)]))
      .executeTakeFirst()
    return { calls: (followed?.calls ?? 0) + (ahead?.calls ?? 0), feedback: feedback?.count ?? 0 }
  })
}
