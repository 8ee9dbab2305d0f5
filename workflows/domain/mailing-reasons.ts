import type { BrakeReason } from './mailing-brake.ts';

/** Why a mailing does not run; a public contract of `GET /v1/mailings`. The detail is a sentence with the remedy. */
export const MAILING_REASONS = {
  'bad-lines': 'Some lines cannot be sent to; correct them, or send the mailing with "skipBadLines"',
  'no-recipients': 'No line is left that can be sent to',
  operator: 'Somebody paused or cancelled it; a paused one can be resumed',
  expired: 'Nobody resumed or cancelled it within a month; who had not got it by then is forgotten',
  quality:
    'WhatsApp rates the number worse than when the mailing began; wait until the rating is better, write to people who ' +
    'expect it, then resume',
  'spam-limit':
    'WhatsApp limits the number because messages were reported as spam; wait a day, look at the quality in WhatsApp ' +
    'Manager, then resume',
  'held-back':
    'WhatsApp holds back many of its messages, because their recipients get too much marketing; resume it tomorrow or ' +
    'later',
  unreachable: 'Many of its recipients cannot be reached on WhatsApp; check where the numbers come from, then resume',
  'opt-outs': 'Many of its recipients stop marketing; look at the text and at whom it goes to, then resume',
  'template-paused': 'WhatsApp has paused the template for low quality; resume the mailing when it is approved again',
  'template-disabled': 'WhatsApp has disabled the template; cancel the mailing and use another template',
  'template-gone': 'The template was deleted or replaced; cancel the mailing and begin a new one',
  'template-recategorised':
    'WhatsApp has moved the template to another category; look at what it costs now and who wants marketing, then ' +
    'cancel the mailing and begin a new one',
  'template-changed': 'The template was changed; cancel the mailing and begin a new one',
  'template-not-approved': 'WhatsApp does not approve the template any more; resume when it is approved again',
  'connection-gone': 'The number is not connected any more; cancel the mailing',
} as const satisfies Record<BrakeReason, string> & Record<string, string>;
export type MailingReason = keyof typeof MAILING_REASONS;

/** For people to read; what the network says of a template is more than what is told apart here. */
export function mailingReasonSentence(reason: string | null): string | null {
  if (reason === null) return null;
  if (Object.hasOwn(MAILING_REASONS, reason)) return MAILING_REASONS[reason as MailingReason];
  return reason.startsWith('template-') ? MAILING_REASONS['template-not-approved'] : null;
}
