import { Avatar } from '@mantine/core';

const hues = ['teal', 'indigo', 'grape', 'orange', 'cyan', 'pink', 'lime', 'violet', 'yellow'];

/** Initials on a colour that follows from the name, the same wherever the person is shown. */
export function PersonAvatar({ name, contact = false, size = 34 }: { name: string; contact?: boolean; size?: number }) {
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
