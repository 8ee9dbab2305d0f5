import {
  type CheckedLine,
  countLines,
  readUncheckedLines,
  storeCheckedLines,
  type UncheckedLine,
} from '../db/mailing-check.ts';
import { moveMailing } from '../db/mailings.ts';
import { readTemplateById } from '../db/templates.ts';
import { isBsuid, isParentBsuid } from '../workflows/domain/identity.ts';
import { type LineParameters, type LineProblem, mergeParameters } from '../workflows/domain/mailing-lines.ts';
import { canonicalPhone } from '../workflows/domain/phone.ts';
import { type StartRefusal, startRefusalSentence } from '../workflows/domain/start-refusals.ts';
import { checkTemplate } from '../workflows/domain/template-check.ts';
import type { TemplateDefinition } from '../workflows/domain/template-definition.ts';
import type { MailingStep } from '../workflows/domain/turn-results.ts';
import { isCancelled } from './attempt.ts';
import { writablePhone } from './channels/phone-number.ts';
import type { MailingPageWork } from './mailing.ts';
import { stopIfUnsendable } from './mailing-template.ts';

const LINES_PER_LOOK = 1_000;

/** Checks all recipients before the first message leaves, in pages; where it stopped is in the row. */
export async function checkLines(work: MailingPageWork): Promise<MailingStep> {
  const { mailing, held, dependencies, endsAtMs } = work;
  const { db } = dependencies;
  if (await stopIfUnsendable(work)) return { kind: 'again' };
  const template = mailing.templateId === null ? undefined : await readTemplateById(db, mailing.templateId);
  const known: KnownOfLine = {
    country: mailing.settings.defaultCountry,
    ownNumber: mailing.displayPhoneNumber,
    template,
    common: (mailing.parameters ?? {}) as LineParameters,
  };
  while (Date.now() < endsAtMs && !isCancelled()) {
    const lines = await readUncheckedLines(db, mailing.id, LINES_PER_LOOK);
    if (lines.length === 0) return finishCheck(work);
    const checked = lines.map((line) => checkLine(line, known));
    if (!(await storeCheckedLines(db, { ...mailing, ...held }, checked))) return { kind: 'again' };
  }
  return { kind: 'again' };
}

/** All or nothing, unless the caller wanted the good ones to go whatever the others are. */
async function finishCheck({ mailing, held, dependencies }: MailingPageWork): Promise<MailingStep> {
  const { db } = dependencies;
  const counted = await countLines(db, held);
  if (!counted) return { kind: 'again' };
  const refusal =
    counted.bad > 0 && !mailing.skipsBadLines ? 'bad-lines' : counted.good === 0 ? 'no-recipients' : undefined;
  if (refusal) await moveMailing(db, held, 'checking', { state: 'refused', reason: refusal });
  else await moveMailing(db, held, 'checking', { state: mailing.startsInMs > 0 ? 'scheduled' : 'running' });
  return { kind: 'again' };
}

export type KnownOfLine = {
  country: string | undefined;
  /** In whatever form the network shows it. */
  ownNumber: string | null;
  /** Undefined: the mailing is a text. */
  template: TemplateDefinition | undefined;
  common: LineParameters;
};

/** Whom a line goes to, and whether what it brings makes a message; pure. */
export function checkLine({ line, recipient, parameters }: UncheckedLine, known: KnownOfLine): CheckedLine {
  const to = readRecipient(recipient, known);
  if ('problem' in to) return { line, ...to };
  const problem = faultOfParameters(parameters ?? {}, known);
  return problem ? { line, person: to, problem } : { line, person: to };
}

type Person = NonNullable<CheckedLine['person']>;

function readRecipient(recipient: string, known: KnownOfLine): Person | { problem: LineProblem } {
  const typed = recipient.trim();
  if (isParentBsuid(typed)) return { kind: 'parent-bsuid', value: typed, address: typed };
  if (isBsuid(typed)) return { kind: 'bsuid', value: typed, address: typed };
  const phone = writablePhone(typed, known);
  if (phone.kind === 'invalid') return refuse(phone.reason);
  const { digits } = phone;
  return { kind: 'phone', value: canonicalPhone(digits), address: digits };
}

function refuse(reason: StartRefusal): { problem: LineProblem } {
  const [message, remedy] = startRefusalSentence(reason, 'en');
  return { problem: { path: 'to', message, remedy } };
}

function faultOfParameters(own: LineParameters, { template, common }: KnownOfLine): LineProblem | undefined {
  if (template) {
    const checked = checkTemplate(template, mergeParameters(common, own));
    const [first] = 'problems' in checked ? checked.problems : [];
    return first && { path: first.path, message: first.message, remedy: first.remedy };
  }
  if (Object.keys(own).length === 0) return undefined;
  return { path: 'parameters', message: 'A text has no placeholders', remedy: 'Send a template, or leave them out' };
}
