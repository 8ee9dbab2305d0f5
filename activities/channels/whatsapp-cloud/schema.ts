/** Answers of the Graph API that only Meta itself gives. */
import { z } from 'zod';
import { idSchema, numberFactsSchema, textSchema } from '../whatsapp/answers.ts';

export const numberSchema = numberFactsSchema.extend({ id: idSchema });

export const accountSchema = z.object({
  id: idSchema,
  name: textSchema,
  account_review_status: textSchema,
  owner_business_info: z.object({ id: idSchema.optional(), name: textSchema }).optional().catch(undefined),
});

const paging = z
  .object({ next: textSchema, cursors: z.object({ after: textSchema }).optional().catch(undefined) })
  .optional()
  .catch(undefined);

export const numberListSchema = z.object({ data: z.array(z.object({ id: idSchema })), paging });

/** Each template is read by itself, so that one of a new form does not hide the others. */
export const templateListSchema = z.object({ data: z.array(z.unknown()), paging });

export const subscribedAppsSchema = z.object({
  data: z.array(
    z.object({ whatsapp_business_api_data: z.object({ id: idSchema }), override_callback_uri: textSchema }),
  ),
});
