import { Button, CloseButton, Group, Menu, Text } from '@mantine/core';
import { isContact, type Person } from '../control/world.ts';
import { BellIcon, ChatIcon, LockIcon, PlusIcon, WarningIcon } from '../icons.tsx';
import { PersonAvatar } from '../person-avatar.tsx';
import { useTexts } from '../texts/language.tsx';

type NotifyChoiceProps = { chosen: Person[]; candidates: Person[]; onChange: (chosen: Person[]) => void };

/** Who gets the comment. A contact is blue, because for a contact it becomes a message. */
export function NotifyChoice({ chosen, candidates, onChange }: NotifyChoiceProps) {
  const t = useTexts();
  const others = candidates.filter((person) => !chosen.some((one) => one.id === person.id));
  return (
    <div>
      <Group gap={6} role="group" aria-label={t.notify} title={t.notifyHint}>
        <Group gap={5} c="dimmed">
          <BellIcon size={15} />
          <Text size="sm">{t.notify}</Text>
        </Group>
        {chosen.map((person) => (
          <span key={person.id} className="person-pill" data-contact={isContact(person) || undefined}>
            <PersonAvatar name={person.name} contact={isContact(person)} size={20} />
            {person.name}
            <CloseButton
              size={18}
              iconSize={12}
              c="inherit"
              aria-label={t.removePerson(person.name)}
              onClick={() => onChange(chosen.filter((one) => one.id !== person.id))}
            />
          </span>
        ))}
        <Menu position="top-start" withinPortal>
          <Menu.Target>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<PlusIcon size={14} />}
              aria-label={t.addPersonLabel}
              disabled={others.length === 0}
            >
              {t.addPerson}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={280} style={{ overflowY: 'auto' }}>
            {others.map((person) => (
              <Menu.Item
                key={person.id}
                leftSection={<PersonAvatar name={person.name} contact={isContact(person)} size={22} />}
                className={isContact(person) ? 'contact-name' : ''}
                onClick={() => onChange([...chosen, person])}
              >
                {person.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Consequence chosen={chosen} />
    </div>
  );
}

function Consequence({ chosen }: { chosen: Person[] }) {
  const t = useTexts();
  const contacts = chosen.filter(isContact);
  if (chosen.length === 0) {
    return (
      <Group gap={6} c="orange.8" mt={6} wrap="nowrap" role="status">
        <WarningIcon size={16} />
        <Text size="xs">{t.nobodyNotified}</Text>
      </Group>
    );
  }
  const names = contacts.map((person) => person.name).join(', ');
  return (
    <Group gap={6} mt={6} wrap="nowrap" role="status" className={contacts.length > 0 ? 'contact-name' : 'quiet'}>
      {contacts.length > 0 ? <ChatIcon size={16} /> : <LockIcon size={16} />}
      <Text size="xs">{contacts.length > 0 ? t.goesToCustomer(names) : t.staysInside}</Text>
    </Group>
  );
}
