import { z } from 'zod';

/** The database's part of a process's environment. */
export const databaseConfigSchema = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  PARLEY_DB_POOL: z.coerce.number().int().min(1).max(200).default(10),
});
