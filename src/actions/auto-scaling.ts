/** Of an instance that an Auto Scaling group launched; AWS sets it, and nobody else can. */
const GROUP_TAG = 'aws:autoscaling:groupName'

type Tagged = { readonly tags: { readonly [key: string]: string } }

/** The group that counts it as its own: it launches another in the place of what ends, and may end it itself. */
export const groupOf = ({ tags }: Tagged): string | undefined => tags[GROUP_TAG]
