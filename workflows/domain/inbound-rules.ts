/**
 * What a message of each kind sets off, one rule per kind; `docs/messages.md` says the same in words. What a customer
 * says opens the service window and starts a task; signs about earlier messages, notices of the network and a chat that
 * was only opened do not start one. Of reactions, edits and deletions it is not known whether they open the window, of
 * notices it is not likely: believing it would cost a refused message, not believing it a template. (WhatsApp: the
 * 24-hour window)
 */
import type { MessageKind } from './message.ts';

export type InboundRule = {
  /** The business may write freely for 24 hours; never true of what a colleague wrote in the phone app. */
  opensWindow: boolean;
  /** Makes a task where the conversation has none; the others are shown on a task that there is already. */
  startsTask: boolean;
  /** The comment tells the assignees. */
  notifiesAssignee: boolean;
};

const SAYS_SOMETHING: InboundRule = { opensWindow: true, startsTask: true, notifiesAssignee: true };
const QUIET: InboundRule = { opensWindow: false, startsTask: false, notifiesAssignee: false };

const INBOUND_RULES: Readonly<Record<MessageKind, InboundRule>> = {
  text: SAYS_SOMETHING,
  image: SAYS_SOMETHING,
  audio: SAYS_SOMETHING,
  video: SAYS_SOMETHING,
  document: SAYS_SOMETHING,
  sticker: SAYS_SOMETHING,
  location: SAYS_SOMETHING,
  contacts: SAYS_SOMETHING,
  interactive: SAYS_SOMETHING,
  button: SAYS_SOMETHING,
  order: SAYS_SOMETHING,
  // Somebody wrote something, and only the phone knows what: dropping it would lose a customer.
  unsupported: SAYS_SOMETHING,
  // New words for an old message may change what has to be done.
  edit: { ...QUIET, notifiesAssignee: true },
  reaction: QUIET,
  revoke: QUIET,
  system: QUIET,
  request_welcome: { ...QUIET, opensWindow: true },
  // Never comes in.
  template: QUIET,
};

export function inboundRule(kind: MessageKind): InboundRule {
  return INBOUND_RULES[kind];
}
