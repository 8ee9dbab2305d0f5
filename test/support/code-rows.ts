/**
 * What must become of a message that Meta answers with each of its codes, written down from Meta's own table (WhatsApp:
 * errors, decision table), not from our code.
 *
 * - `refused`: final, one send, a word on the task.
 * - `waiting`: until the customer writes; one send, a word on the task.
 * - `unknown`: Meta may have taken it; one send, never a second.
 * - `held`: certainly not taken, tried again by itself after a wait that no test sits out; nobody else is held up.
 * - `again`: the same, after a wait of seconds.
 * - `paused`: certainly not taken; nothing leaves this number until then.
 * - `resumed`: the same, and it leaves by itself once the number can be read again.
 */
export type SyncOutcome = 'refused' | 'waiting' | 'unknown' | 'held' | 'again' | 'paused' | 'resumed';

/** Code, outcome, kind of failure, words on the task: from the sentence and from the remedy. */
export type SyncRow = [code: number, outcome: SyncOutcome, reason: string, sentence?: string, remedy?: string];

const TEMPLATE_FIELDS = 'The fields of the template were filled in wrongly';
const CATEGORY = 'A template of this category cannot be sent';
const TOO_LONG = 'missing, wrong or too long';

export const SYNC_ROWS: readonly SyncRow[] = [
  // Refused for rate.
  [130429, 'again', 'rate-limited'],
  [131056, 'again', 'rate-limited'],
  [4, 'paused', 'rate-limited'],
  [80007, 'paused', 'rate-limited'],
  [133016, 'paused', 'rate-limited'],
  [131048, 'paused', 'rate-limited'],
  // Transient, but the message may have gone.
  [131000, 'unknown', 'outcome-unknown'],
  [131016, 'unknown', 'outcome-unknown'],
  [2, 'unknown', 'outcome-unknown'],
  [1, 'unknown', 'outcome-unknown'],
  [133004, 'unknown', 'outcome-unknown'],
  // Maintenance takes about a minute; a new template ten.
  [131057, 'paused', 'unavailable'],
  [2494100, 'paused', 'unavailable'],
  [134101, 'held', 'unavailable'],
  // Reach or permission.
  [131047, 'waiting', 'template-required', 'More than 24 hours', 'Send an approved template'],
  [131026, 'refused', 'recipient-unreachable', 'has no WhatsApp', 'Check the number'],
  [131049, 'refused', 'recipient-unreachable', 'held the message back', 'after 24 hours'],
  [131050, 'refused', 'recipient-unreachable', 'stopped marketing messages', 'no more advertising'],
  [130472, 'refused', 'recipient-unreachable', 'experiments', 'another way'],
  [130403, 'refused', 'recipient-unreachable', 'blocked this customer', 'Unblock the customer'],
  [131021, 'refused', 'invalid-request', 'the same number', 'Check the customer'],
  [131030, 'refused', 'recipient-unreachable', 'test number', 'add the recipient'],
  [130497, 'refused', 'recipient-unreachable', 'in that country', 'another way'],
  [131062, 'refused', 'recipient-unreachable', 'needs a phone number', 'Ask the customer for their number'],
  [137000, 'refused', 'recipient-unreachable', 'new security code', 'still writing to the customer'],
  // Our request is wrong.
  [100, 'refused', 'invalid-request', TOO_LONG, 'Write it again'],
  [33, 'refused', 'invalid-request', 'does not find what the message needs', 'Attach the file again'],
  [131008, 'refused', 'invalid-request', TOO_LONG, 'Write it again'],
  [131009, 'refused', 'invalid-request', 'older than 30 days', 'without quote or reaction'],
  [135000, 'refused', 'invalid-request', TOO_LONG, 'Write it again'],
  [131051, 'refused', 'invalid-request', 'does not know messages of this type', 'as text or as a file'],
  [131053, 'refused', 'file-rejected', 'could not use the file', 'in a common format'],
  [131052, 'refused', 'file-rejected', 'could not be fetched', 'send it again'],
  [132000, 'refused', 'invalid-request', TEMPLATE_FIELDS, 'Choose the template again'],
  [132001, 'refused', 'invalid-request', 'The template does not exist', 'another template or language'],
  [132005, 'refused', 'invalid-request', 'The template became too long', 'Shorten the values'],
  [132007, 'refused', 'invalid-request', 'rules for characters', 'without line breaks'],
  [132012, 'refused', 'invalid-request', TEMPLATE_FIELDS, 'Choose the template again'],
  [132018, 'refused', 'invalid-request', TEMPLATE_FIELDS, 'Choose the template again'],
  [132015, 'refused', 'invalid-request', 'The template is paused', 'Use another template'],
  [132016, 'refused', 'invalid-request', 'The template is disabled', 'Use another template'],
  [132068, 'refused', 'invalid-request', 'is blocked by WhatsApp', 'in plain text'],
  [132069, 'held', 'rate-limited'],
  [131055, 'refused', 'invalid-request', CATEGORY, 'another category'],
  [134100, 'refused', 'invalid-request', CATEGORY, 'another category'],
  [131061, 'refused', 'invalid-request', 'marketing service', 'Use another template'],
  [131063, 'refused', 'invalid-request', 'switched off', 'switch them on at Meta'],
  [131064, 'refused', 'invalid-request', 'wrong category', 'Send no templates for now'],
  // Nothing works until a person acts; then everything that waits leaves.
  [190, 'resumed', 'credentials-rejected'],
  [0, 'resumed', 'credentials-rejected'],
  [3, 'resumed', 'credentials-rejected'],
  [10, 'resumed', 'credentials-rejected'],
  [200, 'resumed', 'credentials-rejected'],
  [299, 'resumed', 'credentials-rejected'],
  [131005, 'resumed', 'credentials-rejected'],
  [368, 'resumed', 'credentials-rejected'],
  [131031, 'resumed', 'credentials-rejected'],
  [131042, 'resumed', 'credentials-rejected'],
  [134011, 'resumed', 'credentials-rejected'],
  [131045, 'resumed', 'credentials-rejected'],
  [133010, 'resumed', 'credentials-rejected'],
  [131037, 'resumed', 'credentials-rejected'],
  // Whatever Meta invents next, with a 400.
  [139999, 'refused', 'invalid-request', 'because of its form', 'Write it again'],
];

/** Codes that come as a `failed` status after a 200: final for that message, unless it may wait for the customer. */
export type AsyncRow = [code: number, reason: string, language: 'en' | 'ru', sentence: string, remedy: string];

export const ASYNC_ROWS: readonly AsyncRow[] = [
  [130429, 'rate-limited', 'en', 'more messages per second', 'send it again'],
  [131056, 'rate-limited', 'en', 'Too many messages to this customer', 'Wait a minute'],
  [131048, 'rate-limited', 'ru', 'из-за жалоб клиентов на спам', 'Остановите рассылки'],
  [131000, 'unavailable', 'ru', 'причину он не называет', 'Отправьте сообщение ещё раз'],
  [131047, 'template-required', 'en', 'More than 24 hours', 'Send an approved template'],
  [131047, 'template-required', 'ru', 'прошло больше 24 часов', 'Отправьте одобренный шаблон'],
  [131026, 'recipient-unreachable', 'en', 'has no WhatsApp', 'Check the number'],
  [131026, 'recipient-unreachable', 'ru', 'у номера нет WhatsApp', 'Проверьте номер'],
  [131049, 'recipient-unreachable', 'ru', 'придержал сообщение', 'через 24 часа'],
  [131050, 'recipient-unreachable', 'en', 'stopped marketing messages', 'no more advertising'],
  [130472, 'recipient-unreachable', 'en', 'experiments', 'another way'],
  [130497, 'recipient-unreachable', 'en', 'in that country', 'another way'],
  [137000, 'recipient-unreachable', 'en', 'new security code', 'still writing to the customer'],
  [131009, 'invalid-request', 'en', 'older than 30 days', 'without quote or reaction'],
  [131053, 'file-rejected', 'ru', 'не смог использовать файл', 'распространённом формате'],
  [132000, 'invalid-request', 'en', TEMPLATE_FIELDS, 'Choose the template again'],
  [132015, 'invalid-request', 'en', 'The template is paused', 'Use another template'],
  [132016, 'invalid-request', 'en', 'The template is disabled', 'Use another template'],
  [0, 'credentials-rejected', 'en', 'has expired or was revoked', 'enter a new token'],
  [368, 'credentials-rejected', 'en', 'blocked the business account', 'to appeal there'],
  [131031, 'credentials-rejected', 'en', 'blocked the business account', 'to appeal there'],
  [131042, 'credentials-rejected', 'ru', 'со способом оплаты', 'проверить способ оплаты'],
  [139999, 'unexpected-response', 'en', 'not known here', 'Send the message again'],
];
