import { v7 as uuidv7 } from 'uuid';
import { blankLines } from '../db/mailing-check.ts';
import { dropUnsent, finishCancelled } from '../db/mailing-end.ts';
import { readSendsWaitMs } from '../db/mailing-sends.ts';
import { type MailingLease, type MailingWork, moveMailing, releaseMailing, takeMailing } from '../db/mailings.ts';
import type { MailingStep } from '../workflows/domain/turn-results.ts';
import { isCancelled, withHeartbeat } from './attempt.ts';
import { lateness, tellLost } from './bulk-sending.ts';
import type { OpenConnection } from './channel-connection.ts';
import type { Dependencies } from './dependencies.ts';
import { checkLines } from './mailing-check.ts';
import { sendPage } from './mailing-sending.ts';

export type MailingActivities = {
  /** One page of whatever the mailing needs next: its check, its start, its messages, its end. */
  workOnMailing: (input: { mailingId: string }) => Promise<MailingStep>;
};

/** One attempt at a page. */
export type MailingPageWork = {
  dependencies: Dependencies;
  openConnection: OpenConnection;
  mailing: MailingWork;
  held: MailingLease;
  endsAtMs: number;
};

const LINES_PER_BLANKING = 20_000;

export function createMailingActivities(dependencies: Dependencies, openConnection: OpenConnection): MailingActivities {
  const { db, waits } = dependencies;
  return {
    workOnMailing: ({ mailingId }) =>
      withHeartbeat(waits.turnHeartbeatMs / 4, async () => {
        const held = { id: mailingId, lease: uuidv7() };
        const mailing = await takeMailing(db, held, 2 * waits.bulkPageMs);
        if (!mailing) return { kind: 'over' };
        const endsAtMs = Date.now() + waits.bulkPageMs;
        const step = await workOn({ dependencies, openConnection, mailing, held, endsAtMs });
        if (step.kind === 'wait') await releaseMailing(db, held, step.waitMs);
        return step;
      }),
  };
}

async function workOn(work: MailingPageWork): Promise<MailingStep> {
  const { mailing, held, dependencies } = work;
  switch (mailing.state) {
    case 'checking':
      return checkLines(work);
    case 'scheduled':
      if (mailing.startsInMs > 0) return { kind: 'wait', waitMs: mailing.startsInMs };
      await moveMailing(dependencies.db, held, 'scheduled', { state: 'running' });
      return { kind: 'again' };
    case 'running':
      return sendPage(work);
    default:
      return leave(work);
  }
}

/** It does not run: outcomes that are open are settled, what must not be kept goes, and others keep what is held. */
async function leave(work: MailingPageWork): Promise<MailingStep> {
  const { mailing, held, dependencies } = work;
  const { db, lookAt, wake } = dependencies;
  if (mailing.state === 'cancelled') await wake(await dropUnsent(db, held));
  const waitMs = await settleOpenSends(work);
  if (waitMs !== undefined) return { kind: 'wait', waitMs };
  // A send that came back to be tried again between the two looks.
  if (mailing.state === 'cancelled') await wake(await dropUnsent(db, held));
  if (mailing.state === 'paused') {
    await releaseMailing(db, held, undefined);
    return { kind: 'over' };
  }
  if (mailing.state !== 'stopped') {
    let line: number | undefined = 0;
    while (line !== undefined && !isCancelled()) line = await blankLines(db, held.id, line, LINES_PER_BLANKING);
    await finishCancelled(db, held);
  }
  await releaseMailing(db, held, 0);
  await lookAt([{ kind: 'bulk-hold', id: held.id }]);
  return { kind: 'over' };
}

/** How long until the next of them is due; undefined: none is open. */
async function settleOpenSends({ held, dependencies }: MailingPageWork): Promise<number | undefined> {
  await tellLost(dependencies, held.id);
  return readSendsWaitMs(dependencies.db, held.id, lateness(dependencies));
}
