import type { Template } from '../domain/runbook.js'

/** A template as it was written. */
export const writtenTemplate = (template: Template): string => {
  if ('cel' in template) return `\${{ ${template.cel} }}`
  if ('text' in template)
    return template.text.map(part => (typeof part === 'string' ? part : writtenTemplate(part))).join('')
  if ('literal' in template)
    return typeof template.literal === 'string' ? template.literal : JSON.stringify(template.literal)
  if ('list' in template) return `[${template.list.map(writtenTemplate).join(', ')}]`
  return `{ ${Object.entries(template.map)
    .map(([key, value]) => `${key}: ${writtenTemplate(value)}`)
    .join(', ')} }`
}
