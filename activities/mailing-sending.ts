import { setTimeout as pause } from 'node:timers/promises';
import { readBrakeFacts, storeQuality } from '../db/mailing-brake.ts';
import { finishSent } from '../db/mailing-end.ts';
import {
  countReady,
  type GoodLine,
  hasUnsent,
  type QueuedLine,
  queueLines,
  readGoodLines,
} from '../db/mailing-queue.ts';
import { moveMailing } from '../db/mailings.ts';
import { readTemplateById, type StoredTemplate } from '../db/templates.ts';
import { decideBrake } from '../workflows/domain/mailing-brake.ts';
import { type LineParameters, mergeParameters } from '../workflows/domain/mailing-lines.ts';
import { checkTemplate } from '../workflows/domain/template-check.ts';
import type { MailingStep } from '../workflows/domain/turn-results.ts';
import { isCancelled } from './attempt.ts';
import { sendMailingRows } from './bulk-sending.ts';
import { ChannelError } from './channels/errors.ts';
import type { MailingPageWork } from './mailing.ts';
import { stopIfUnsendable } from './mailing-template.ts';

/** Messages are made just ahead of being sent: a cancellation finds few of them. */
const READY_LEAST = 1_000;
const LINES_PER_QUEUEING = 250;
/** The brake is looked at this often. */
const SLICE_MS = 2_000;
/** No activity slot waits longer than this for a token. */
const LONGEST_PAUSE_MS = 1_000;
const WHEN_PAUSED_MS = 10_000;

/** Makes and sends messages for as long as a page lasts, in the order of the lines. */
export async function sendPage(work: MailingPageWork): Promise<MailingStep> {
  const { mailing, held, dependencies, endsAtMs } = work;
  if (await stopIfUnsendable(work)) return { kind: 'again' };
  const template =
    mailing.templateId === null ? undefined : await readTemplateById(dependencies.db, mailing.templateId);
  const quality = await readQuality(work);
  let queued = await queueSome(work, template);
  while (Date.now() < endsAtMs && !isCancelled()) {
    if (queued === 'lost' || (await brake(work, quality))) return { kind: 'again' };
    const page = {
      mailingId: mailing.id,
      lease: held.lease,
      endsAtMs: Math.min(endsAtMs, Date.now() + SLICE_MS),
      ...(mailing.rate === null ? {} : { ratePerSecond: mailing.rate }),
    };
    const sending = sendMailingRows(dependencies, work.openConnection, page);
    // The next ones are made while these are on their way.
    const [result, ahead] = await Promise.all([sending, queueAhead(work, template, page.endsAtMs)]);
    queued = ahead;
    if (result.next === 'paused') return afterPause(work, result.waitMs);
    if (queued === 'none' && !(await hasUnsent(dependencies.db, mailing.id))) return finish(work);
    // What waits for itself must not keep others waiting that have not been begun.
    if (result.waitMs <= 0 || (queued !== 'none' && !result.isHeldUp)) continue;
    if (result.waitMs <= LONGEST_PAUSE_MS) await pause(result.waitMs);
    else if (await brake(work, quality)) return { kind: 'again' };
    else return { kind: 'wait', waitMs: result.waitMs };
  }
  return { kind: 'again' };
}

/** Somebody paused the mailing, and then its row says so; or its number is paused. */
function afterPause({ mailing }: MailingPageWork, waitMs: number): MailingStep {
  return mailing.connectionState === 'connected'
    ? { kind: 'again' }
    : { kind: 'wait', waitMs: Math.max(waitMs, WHEN_PAUSED_MS) };
}

/** All have left, or never will; what nobody knows of some is settled after that. */
async function finish({ held, dependencies }: MailingPageWork): Promise<MailingStep> {
  await finishSent(dependencies.db, held);
  return { kind: 'again' };
}

type Quality = { atStart: string | null; now: string | null };

/** What is not known now says nothing: the network may be busy. */
async function readQuality({ mailing, dependencies, openConnection }: MailingPageWork): Promise<Quality> {
  const { db, waits } = dependencies;
  const atStart = mailing.startQuality;
  if (mailing.connectionState !== 'connected') return { atStart, now: null };
  if (mailing.qualityMsAgo !== null && mailing.qualityMsAgo < waits.numberQualityMs) return { atStart, now: null };
  try {
    const { client } = await openConnection(mailing.connectionId);
    const { quality } = await client.readNumber();
    await storeQuality(db, mailing.id, quality);
    return { atStart, now: quality ?? null };
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    return { atStart, now: null };
  }
}

/** True: the mailing has been paused, with its reason. */
async function brake({ mailing, held, dependencies }: MailingPageWork, quality: Quality): Promise<boolean> {
  const { db, log } = dependencies;
  const reason = decideBrake({ recent: await readBrakeFacts(db, mailing.id), quality });
  if (reason === undefined) return false;
  await moveMailing(db, held, 'running', { state: 'paused', reason });
  log.warn({ mailingId: mailing.id, reason }, 'a mailing was paused by its brake');
  return true;
}

/** `enough`: there are messages to send; `none`: every line has its own; `lost`: it runs no more, or with another. */
type Queued = 'made' | 'enough' | 'none' | 'lost';

/** Makes messages until enough of them are ready. */
async function queueAhead(
  work: MailingPageWork,
  template: StoredTemplate | undefined,
  endsAtMs: number,
): Promise<Queued> {
  let queued: Queued;
  do queued = await queueSome(work, template);
  while (queued === 'made' && Date.now() < endsAtMs && !isCancelled());
  return queued;
}

async function queueSome(
  { mailing, held, dependencies }: MailingPageWork,
  template: StoredTemplate | undefined,
): Promise<Queued> {
  const { db } = dependencies;
  if ((await countReady(db, mailing.id, READY_LEAST)) >= READY_LEAST) return 'enough';
  const lines = await readGoodLines(db, mailing.id, LINES_PER_QUEUEING);
  if (lines.length === 0) return 'none';
  const { settings, parameters, ...row } = mailing;
  const templateName = settings.bulkByTemplate ? template?.name : undefined;
  const common = (parameters ?? {}) as LineParameters;
  const messages = lines.map((line) => toQueued(line, template, common, mailing.text));
  return (await queueLines(db, { ...row, ...held, templateName }, messages)) ? 'made' : 'lost';
}

/** What all share stays with the mailing; a recipient with values of their own has the whole message. */
function toQueued(
  { parameters, ...line }: GoodLine,
  template: StoredTemplate | undefined,
  common: LineParameters,
  text: string,
): QueuedLine {
  if (!template || parameters === null) return { ...line, text: '', content: null, words: text };
  const checked = checkTemplate(template, mergeParameters(common, parameters));
  if ('problems' in checked) throw new Error('a line that was found good is not');
  return { ...line, text: checked.preview, content: { template: checked.template }, words: checked.preview };
}
