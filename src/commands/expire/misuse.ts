import { type Failure, failure } from '../../domain/result.js'
import type { ExpireOptions } from './contract.js'

/** Options that mean nothing together; undefined where they do. */
export const misuse = (
  names: readonly string[],
  { fromAcl, region, all, forget, list, dryRun }: ExpireOptions,
): Failure | undefined => {
  if (fromAcl !== undefined && (names.length > 0 || forget))
    return failure(
      'usage',
      '--from-acl goes by the tags of the ACL, and takes no names',
      'leave them out; what is due is removed, and with --all all that is ours',
    )
  if (fromAcl === undefined && (region !== undefined || all))
    return failure('usage', '--region and --all are for --from-acl', 'name the ACL: --from-acl acl-0abc')
  if (forget && (names.length === 0 || list || dryRun))
    return failure(
      'usage',
      '--forget strikes out what is named, and does nothing else',
      'firebreak expire --forget NAME',
    )
  return list && dryRun
    ? failure('usage', '--list shows what stands, --dry-run what would be removed', 'choose one of them')
    : undefined
}
