import type { QuickReply } from './model.ts';

/**
 * The entries of the quick-reply directory that hold every typed word as a part, in any order (Planfix REST: quick
 * replies); a leading `*` is how they are called up in a comment. Without words all entries of the language, or of both.
 */
export function findQuickReplies(entries: QuickReply[], typed: string, language: string | undefined): QuickReply[] {
  const words = typed.replace(/^\*/, '').toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter((entry) => {
    const searched = `${entry.name}\n${entry.text}`.toLowerCase();
    return (language === undefined || entry.language === language) && words.every((word) => searched.includes(word));
  });
}
