import { Avatar } from '@mantine/core';
import { PersonIcon } from './icons.tsx';

const hues = ['teal', 'indigo', 'grape', 'orange', 'cyan', 'pink', 'lime', 'violet', 'yellow'];

/** Somebody who is called by their phone, because nobody knows their name. */
export const isNameless = (name: string): boolean => !/\p{L}/u.test(name);

/** Initials on a colour that follows from the name, the same wherever the person is shown; a figure for the nameless. */
export function PersonAvatar({ name, contact = false, size = 34 }: { name: string; contact?: boolean; size?: number }) {
  if (isNameless(name)) {
    return (
      <Avatar size={size} radius="xl" color="gray" variant="light" aria-hidden="true">
        <PersonIcon size={Math.round(size * 0.55)} />
      </Avatar>
    );
  }
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  const color = contact ? 'blue' : (hues[sum % hues.length] ?? 'teal');
  return (
    <Avatar size={size} radius="xl" color={color} variant={contact ? 'filled' : 'light'} aria-hidden="true">
      <span style={{ fontSize: size * 0.38 }}>{initials(name)}</span>
    </Avatar>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return (
    letters
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  );
}
