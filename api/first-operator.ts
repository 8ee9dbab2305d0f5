import type { Database } from '../db/database.ts';
import { insertFirstLink } from '../db/sign-in-links.ts';
import type { ApiLog } from './logger.ts';
import { makeSecret } from './session-cookie.ts';

/** The database may come up after the api. */
const TRY_EVERY_MS = 2_000;

type FirstOperator = {
  db: Database;
  publicUrl: string;
  firstOperatorMs: number;
  log: ApiLog;
  /** A line for whoever starts the process, beside the log: what it lets in must not be kept with that. */
  print: (line: string) => void;
};

/**
 * While there is no operator, each start prints one address that lets the first administrator in; those of former
 * starts end. Returns what stops trying.
 */
export function announceFirstOperator(options: FirstOperator): () => void {
  const { db, publicUrl, firstOperatorMs, log, print } = options;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const attempt = async () => {
    const { secret, secretHash } = makeSecret();
    try {
      if (!(await insertFirstLink(db, secretHash, firstOperatorMs))) return;
      print(`Nobody can sign in yet. The first administrator does at ${publicUrl}/sign-in#${secret}`);
    } catch (error) {
      log.debug({ err: error }, 'it is not known yet whether somebody can sign in');
      if (!isStopped) timer = setTimeout(() => void attempt(), TRY_EVERY_MS);
    }
  };
  void attempt();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
