/**
 * What is wrong, by code and values, and the same in English. Whoever shows problems in another language has words of
 * its own for each code; here is the only place where a code becomes English. No names, phones or texts of customers.
 */
import { FAILURE_DETAILS } from './failure-details.ts';
import { type StartRefusal, startRefusalSentence } from './start-refusals.ts';

/** Codes with a colon are those of checks (`check:`), of the self-check (`health:`) and of refused starts (`start:`). */
export type ProblemFinding = { code: string; values: Readonly<Record<string, string>> };

/** What a problem says: `detail` is made of the findings, or stands alone where there is no code for it. */
export type Told = { detail: string; findings?: readonly ProblemFinding[] | undefined };

const OF_LINK = {
  'account-restricted': 'WhatsApp restricted the account',
  'account-restricted-until': 'WhatsApp restricted the account until {{until}} UTC',
  'account-disabled': 'WhatsApp disabled the account',
  'owner-ended': 'The number was disconnected at WhatsApp',
  'network-reason': 'Its reason: {{reason}}',
  'network-initiator': 'Initiated by: {{initiator}}',
  'restricted-remedy': 'See WhatsApp Manager → Account overview for what is restricted and how to ask for a review',
  'discard-when-over': 'Discard this when it is over',
  'disabled-remedy':
    'Nothing can be sent; ask for a review in Meta Business Support. Messages wait and go on by themselves afterwards',
  'ended-remedy':
    'Nothing is sent any more, and nothing is lost. If it is meant to end, disconnect it here, too; if not, connect the ' +
    'number again (a phone app that is not opened for 14 days is disconnected by WhatsApp)',
  'suspension-lasts':
    'WhatsApp has suspended the number since its phone was changed or the app was registered anew, and it has not come ' +
    'back. Open the WhatsApp Business app on the new phone with this number; if another service has taken it over, ' +
    'disconnect it here',
  'still-paused': 'The disconnection was cancelled, and the connection is still paused for what was wrong meanwhile',
  'remove-at-provider':
    "Remove Parley's webhook address from the number in the provider's own console (360dialog: the Hub); until then it " +
    'goes on calling an address that does not answer any more',
  'disconnect-unconfirmed':
    'Step one of disconnecting is done, and step two is not: what customers write is kept and not posted. Follow the ' +
    'checklist of the connection and confirm it there, or cancel the disconnection',
} as const;

const OF_CONVERSATION = {
  'nobody-notified': 'Comment {{comment}} on task {{task}} notified nobody outside; the customer may wait for it',
  'two-contacts': 'Contacts {{contacts}} and {{last}} in Planfix are one person: merge them into {{into}}',
  'phone-has-new-owner': 'The phone of this customer now belongs to another WhatsApp account',
  'other-conversation': "The other one's conversation is {{conversation}}",
  'assigner-not-kept': 'Planfix accepted but did not keep the assigner',
  'counterparty-not-kept': 'Planfix accepted but did not keep the counterparty',
  'field-not-kept': 'Planfix accepted but did not keep field {{field}}',
  'fields-not-taken': 'Planfix did not take: {{fields}}',
  'echo-author-refused': 'echoAuthor: Planfix does not take {{author}} as the author of comments',
  'start-asked': 'A request in Planfix',
  'start-asked-contact': 'A request for contact {{contact}} in Planfix',
  'start-asked-task': 'A request for task {{task}} in Planfix',
  'start-asked-both': 'A request for contact {{contact}} and task {{task}} in Planfix',
} as const;

/** English by code; `{{…}}` is where a value goes. */
export const SENTENCES = { ...FAILURE_DETAILS, ...OF_LINK, ...OF_CONVERSATION } as const;
export type SentenceCode = keyof typeof SENTENCES | `start:${StartRefusal}`;

/** What a code of ours says, before its values are put in. */
export function sentenceOf(code: SentenceCode): string {
  return code in SENTENCES
    ? SENTENCES[code as keyof typeof SENTENCES]
    : startRefusalSentence(code.slice('start:'.length) as StartRefusal, 'en').join('. ');
}

type Values = Readonly<Record<string, string | number>>;
export type Said = readonly [code: SentenceCode, values?: Values];

/** Says something, or several things in a row, by their codes. */
export function tell(...said: readonly Said[]): { detail: string; findings: ProblemFinding[] } {
  const findings = said.map(([code, values = {}]) => ({
    code,
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, `${value}`])),
  }));
  const sentences = findings.map(({ code, values }) =>
    sentenceOf(code).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? ''),
  );
  return { detail: sentences.join('. '), findings };
}

/** The same for whoever has room for one reason: checks, and steps of a connection. */
export const reasonOf = ({ detail, findings }: Told) => ({ detail, because: findings?.[0] });

/** Contacts that are one person; the first one is to stay. */
export const tellOfTwoContacts = (contacts: readonly number[]) =>
  tell([
    'two-contacts',
    { contacts: contacts.slice(0, -1).join(', '), last: contacts.at(-1) ?? '', into: contacts[0] ?? '' },
  ]);

type Found = {
  code?: string | undefined;
  detail?: string | null | undefined;
  because?: ProblemFinding | undefined;
  sentence: string;
};

/** What checks found, each thing once, in sentences made of the words of their codes; old checks have no codes. */
export function toldByChecks(area: 'check' | 'health', checks: readonly Found[]): Told {
  const once = [...new Map(checks.map((check) => [check.sentence, check])).values()];
  const findings = once.flatMap(({ code, detail, because }) =>
    code === undefined ? [] : [{ code: `${area}:${code}`, values: valuesOf(detail, because) }],
  );
  const detail = once.map(({ sentence }) => sentence).join('\n');
  return { detail, findings: findings.length === once.length ? findings : [] };
}

/** `because` is the code of what the detail says, with the values of that. */
const valuesOf = (detail: string | null | undefined, because: ProblemFinding | undefined) => ({
  ...(detail == null ? {} : { detail }),
  ...(because === undefined ? {} : { ...because.values, because: because.code }),
});
