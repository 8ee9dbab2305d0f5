import { z } from 'zod';
import type { NumberChoice } from '../../workflows/domain/credentials.ts';

/** A number of an account, to choose from; what the network does not say is null. */
export const listedNumberSchema = z.object({
  id: z.string(),
  displayPhone: z.string().nullable(),
  verifiedName: z.string().nullable(),
  quality: z.string().nullable(),
  status: z.string().nullable(),
  codeVerification: z.string().nullable(),
  onBusinessApp: z.boolean().nullable(),
  platform: z.string().nullable(),
});

/** As the worker found it. */
export const showNumber = (number: NumberChoice): z.infer<typeof listedNumberSchema> => ({
  id: number.id,
  displayPhone: number.displayPhone ?? null,
  verifiedName: number.verifiedName ?? null,
  quality: number.quality ?? null,
  status: number.status ?? null,
  codeVerification: number.codeVerification ?? null,
  onBusinessApp: number.onBusinessApp ?? null,
  platform: number.platform ?? null,
});
