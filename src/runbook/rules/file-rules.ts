import type { Rules } from './rule.js'

/** Files that cannot be read at all. */
export const FILE_RULES = {
  'file-missing': {
    severity: 'error',
    summary: 'There is no such file',
    why: 'A path is read from the folder that the command is started in. A typo in it would otherwise look like a runbook without findings.',
    bad: 'firebreak lint runbook/surge.yaml',
    good: 'firebreak lint runbooks/surge.yaml',
  },
  'file-folder': {
    severity: 'error',
    summary: 'A folder stands where a file is needed',
    why: 'A folder stands for the runbooks in it. This one has none, so there is nothing to check, and to say nothing would look like all is well.',
    bad: 'firebreak lint empty-folder/',
    good: 'firebreak lint runbooks/',
  },
  'file-unreadable': {
    severity: 'error',
    summary: 'The file is there and cannot be read',
    why: 'You may not read it, or it is no regular file, such as a pipe. What cannot be read cannot be checked, and could not be run either.',
    bad: '-rw------- 1 root root surge.yaml',
    good: '-rw-r--r-- 1 root root surge.yaml',
  },
  'file-not-text': {
    severity: 'error',
    summary: 'The file is not UTF-8 text',
    why: 'In another encoding the same bytes are other letters, and an excerpt would show what is not there. NUL characters mostly mean that this is no text at all.',
    bad: 'a file saved as UTF-16 or Latin-1',
    good: 'the same file saved as UTF-8',
  },
  'file-too-large': {
    severity: 'error',
    summary: 'The file is larger than any runbook',
    why: 'A runbook is read by a person in an incident, so it is small. A file of this size is mostly another one, taken by mistake.',
    bad: 'firebreak lint export-of-everything.yaml',
    good: 'firebreak lint runbooks/surge.yaml',
  },
  'file-empty': {
    severity: 'error',
    summary: 'The file is empty, or has only comments',
    why: 'An empty file is what a failed save or a full disk leaves behind. It must not pass as a runbook in which nothing is wrong.',
    bad: '# to be written',
    good: `runbook: surge
title: Connections surge
steps:
- id: over
  end: resolved`,
  },
} as const satisfies Rules
