import type { ProblemFinding } from './problem-findings.ts';

/** Credentials that somebody is typing, in words that all providers share, and what was found out about them. */
export type CredentialInput = {
  provider: string;
  metaAppId?: string | undefined;
  accessToken?: string | undefined;
  /** The provider's ids of account and number. */
  accountId?: string | undefined;
  numberId?: string | undefined;
  pin?: string | undefined;
};

export type CredentialField = 'metaAppId' | 'accessToken' | 'accountId' | 'numberId' | 'pin';

/** One thing that was found, at the field that it is about; a warning lets the number be connected. */
export type CredentialFinding = {
  field: CredentialField;
  ok: boolean;
  isWarning: boolean;
  code: string;
  /** What the message names beside what the code says. */
  detail?: string | undefined;
  /** What `detail` says, by code, where it is a sentence. */
  because?: ProblemFinding | undefined;
  message: string;
  remedy?: string | undefined;
};

/** A number to choose from; what the network does not say is missing. */
export type NumberChoice = {
  id: string;
  displayPhone?: string;
  verifiedName?: string;
  quality?: string;
  status?: string;
  codeVerification?: string;
  onBusinessApp?: boolean;
  platform?: string;
};

export type CredentialReport = {
  findings: CredentialFinding[];
  token?: { expiresAtMs: number | null; scopes: readonly string[]; appId: string | null };
  accounts?: { id: string; name?: string }[];
  numbers?: NumberChoice[];
};
