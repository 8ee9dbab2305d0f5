import { z } from 'zod';
import { LANGUAGES, ROLES } from '../../db/operators.ts';
import type { Session } from '../authentication.ts';
import { csrfTokenOf } from '../session-cookie.ts';
import { showTime, timeSchema } from '../shapes.ts';

export const roleSchema = z.enum(ROLES);
export const languageSchema = z.enum(LANGUAGES);
/** An e-mail address; longer ones are none. */
export const emailSchema = z.string().trim().max(254).pipe(z.email('must be an e-mail address'));
/** The part of a secret address behind its `#`. */
export const linkSecretSchema = z.string().trim().min(1).max(200);

export const sessionSchema = z
  .object({
    operator: z.object({
      id: z.uuid(),
      name: z.string(),
      email: z.string(),
      role: roleSchema,
      language: languageSchema,
    }),
    csrfToken: z.string().describe('Goes into the header X-CSRF-Token of every write'),
    expiresAt: timeSchema.describe('The end of the session, however busy it is'),
  })
  .meta({ id: 'Session' });

export const showSession = ({ operatorId, name, email, role, language, secret, expiresAt }: Session) => ({
  operator: { id: operatorId, name, email, role, language },
  csrfToken: csrfTokenOf(secret),
  expiresAt: showTime(expiresAt),
});
