import type { Account, Comment } from './model.ts';
import { readPerson } from './people.ts';
import { webHost } from './settings.ts';

const quotedCharacters = 100;

/**
 * What an agent's answer to a certain comment begins with. Nobody has published what Planfix puts there, nor does REST
 * say which comment was answered.
 */
export function answerQuote(account: Account, quoted: Comment): string {
  const { answerQuote: form } = account.settings;
  if (form === 'none') return '';
  const author = escapeHtml(readPerson(account, quoted.owner).name);
  const address = `https://${webHost(account)}/task/${quoted.taskId}?comment=${quoted.id}`;
  const heading = form === 'quote-with-link' ? `<a href="${address}">${author}</a>` : author;
  return `<blockquote>${heading}<br>${firstWords(quoted.description)}</blockquote>`;
}

/** Plain text of the comment without what it quotes itself, still escaped as it was. */
function firstWords(html: string): string {
  const text = html
    .replace(/<blockquote>.*?<\/blockquote>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...text];
  if (characters.length <= quotedCharacters) return text;
  const cut = characters.slice(0, quotedCharacters).join('');
  // Not within a word, and not within an escape.
  return `${cut
    .slice(0, cut.lastIndexOf(' ') + 1 || cut.length)
    .replace(/&[^;]*$/, '')
    .trimEnd()}…`;
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
