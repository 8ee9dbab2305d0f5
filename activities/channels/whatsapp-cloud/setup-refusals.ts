/** Meta's codes for what refuses to be set up, in our words. (onboarding: A.4, B.3, C.1) */
import { ChannelError, type SetupRefusal } from '../errors.ts';

type Refusals = Readonly<Record<number, SetupRefusal>>;

export const TOKEN_REFUSALS: Refusals = { 100: 'token-of-another-app' };
/** With these Meta refuses the app, not the code of a sign-up. */
export const SIGNUP_REFUSALS: Refusals = { 1: 'app-refused', 101: 'app-refused', 190: 'app-refused' };
export const SYNC_REFUSALS: Refusals = { 2593107: 'sync-asked-before', 2593108: 'sync-too-late' };
export const REGISTER_REFUSALS: Refusals = {
  133005: 'pin-wrong',
  133008: 'pin-locked',
  133009: 'pin-too-fast',
  133006: 'number-not-verified',
  133010: 'number-not-registrable',
  133015: 'number-just-deleted',
  133016: 'registrations-used-up',
};

/** For `catch`: the same failure, with our word for its code where there is one. */
export const naming =
  (refusals: Refusals) =>
  (error: unknown): never => {
    const word = error instanceof ChannelError ? refusals[error.code ?? Number.NaN] : undefined;
    if (!(error instanceof ChannelError) || word === undefined) throw error;
    const { kind, scope, told, code, retryAfterMs, credentialsDead } = error;
    throw new ChannelError(
      {
        ...{ kind, scope, ...told, setupRefusal: word },
        ...(code === undefined ? {} : { code }),
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        ...(credentialsDead === undefined ? {} : { credentialsDead }),
      },
      { cause: error },
    );
  };
