/**
 * What comes of an Embedded Signup. The code and the last message of the pop-up are two events in no fixed order, ids may
 * be missing from the message, and the accounts of a token are in no order at all, so that the first of them is never
 * taken for the new one. (onboarding: A.3, A.4, B.3)
 */
export type SignupRoad = 'new-number' | 'business-app';

/** Ids and words of the last message, as far as they were there. */
export type SignupMessage = {
  event: string;
  wabaId?: string;
  phoneNumberId?: string;
  sessionId?: string;
  step?: string;
  errorMessage?: string;
  errorCode?: string;
};

/** Ids are put into addresses of the network. */
const META_ID = /^[\w-]{1,64}$/;

/** `data` is whatever the pop-up sent; what cannot be an id is none. */
export function readSignupMessage(event: string, data: Readonly<Record<string, unknown>>): SignupMessage {
  const textOf = (...names: string[]) => {
    const found = names
      .map((name) => data[name])
      .find((value) => typeof value === 'string' || typeof value === 'number');
    return found === undefined ? undefined : String(found);
  };
  const idOf = (name: string) => {
    const id = textOf(name);
    return id !== undefined && META_ID.test(id) ? id : undefined;
  };
  const message = {
    wabaId: idOf('waba_id'),
    phoneNumberId: idOf('phone_number_id'),
    sessionId: textOf('session_id'),
    step: textOf('current_step'),
    errorMessage: textOf('error_message'),
    errorCode: textOf('error_code', 'error_id'),
  };
  return { event, ...Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined)) };
}

/** The owner gave up, or something stopped them. A code that comes all the same counts for more. */
export const isUnfinished = ({ event }: SignupMessage): boolean => event === 'CANCEL' || event === 'ERROR';

/**
 * The account that was signed up; null: it is to be chosen. `not-granted`: the message names an account that the token
 * does not reach. A token that names no accounts reaches what it reaches.
 */
export function chooseAccount(
  message: SignupMessage | undefined,
  accountIds: readonly string[],
): { wabaId: string | null } | 'not-granted' {
  const named = message?.wabaId;
  if (named !== undefined) {
    return accountIds.length === 0 || accountIds.includes(named) ? { wabaId: named } : 'not-granted';
  }
  const [only, ...others] = accountIds;
  return { wabaId: only !== undefined && others.length === 0 ? only : null };
}

type Number = { id: string; onBusinessApp?: boolean | undefined };

/** The number that was signed up; null: it is to be chosen. */
export function chooseNumber(
  road: SignupRoad,
  message: SignupMessage | undefined,
  numbers: readonly Number[],
): string | null {
  const named = numbers.find(({ id }) => id === message?.phoneNumberId);
  if (named) return named.id;
  const shared = numbers.filter(({ onBusinessApp }) => onBusinessApp === true);
  const fitting = road === 'business-app' ? shared : numbers;
  const [only, ...others] = fitting;
  return only !== undefined && others.length === 0 ? only.id : null;
}

/** Meta runs the flow for new numbers where it does not offer the one that was asked for, and says nothing of it. */
export function hasFallenBack(
  road: SignupRoad,
  message: SignupMessage | undefined,
  numbers: readonly Number[],
): boolean {
  if (road !== 'business-app' || message === undefined || isUnfinished(message)) return false;
  const isOther = message.event !== 'FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING';
  return isOther && !numbers.some(({ onBusinessApp }) => onBusinessApp === true);
}
