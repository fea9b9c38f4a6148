"use client";
import { Check, LogOut, Monitor, Moon, Sun, UserRound } from "lucide-react";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { useTheme } from "next-themes";
import { Button } from "@/components/ui/button";
import { Dropdown, DropdownItem, DropdownLabel, DropdownSeparator } from "@/components/ui/dropdown";
import { ROLE_WORD } from "./roles";
import { useViewer } from "./viewer";

const THEMES = [
  { value: "light", word: "Light", icon: Sun },
  { value: "dark", word: "Dark", icon: Moon },
  { value: "system", word: "As the system", icon: Monitor },
] as const;

export function PersonMenu() {
  const viewer = useViewer();
  const { theme, setTheme } = useTheme();
  const initials = viewer.name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part[0]?.toUpperCase() ?? "")
    .join("");
  return (
    <Dropdown
      align="end"
      className="min-w-52"
      trigger={
        <Button variant="quiet" aria-label={`${initials}: ${viewer.name}, theme and sign out`} className="px-1">
          <span className="grid size-6 place-items-center rounded-full bg-ink font-semibold text-[11px] text-canvas">
            {initials}
          </span>
        </Button>
      }
    >
      <div className="px-2 pt-1 pb-2">
        <div className="font-medium">{viewer.name}</div>
        <div className="text-ink-3 text-xs">{ROLE_WORD[viewer.role]}</div>
      </div>
      <DropdownSeparator />
      <DropdownLabel>Theme</DropdownLabel>
      {THEMES.map(({ value, word, icon: Icon }) => (
        <DropdownItem key={value} onSelect={() => setTheme(value)}>
          <Icon aria-hidden />
          <span className="flex-1">{word}</span>
          {theme === value ? <Check aria-label="chosen" /> : null}
        </DropdownItem>
      ))}
      <DropdownSeparator />
      <DropdownItem asChild>
        <Link href="/settings/account">
          <UserRound aria-hidden />
          My account
        </Link>
      </DropdownItem>
      <DropdownItem onSelect={() => void signOut({ callbackUrl: "/sign-in" })}>
        <LogOut aria-hidden />
        Sign out
      </DropdownItem>
    </Dropdown>
  );
}
