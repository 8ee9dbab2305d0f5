import pg from 'pg';

const UNIQUE_VIOLATION = '23505';

/** Undefined where a unique key stood in the way; every other error is thrown. */
export async function unlessTaken<T>(insert: () => Promise<T>): Promise<T | undefined> {
  try {
    return await insert();
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) return undefined;
    throw error;
  }
}
