import Database from 'libsql';
import type { Person } from './person';
import type { Pulse } from './pulse';

/** As if the person had signed in long ago: what wants them to have shown a moment ago who they are asks for that. */
export function signedInLongAgo(pulse: Pulse, { email }: Person): void {
  const database = new Database(pulse.database);
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    const { changes } = database
      .prepare('UPDATE sessions SET confirmed_at = 1 WHERE user_id = (SELECT id FROM users WHERE email = ?)')
      .run(email);
    if (changes === 0) {
      throw new Error(`${email} has no session.`);
    }
  } finally {
    database.close();
  }
}
