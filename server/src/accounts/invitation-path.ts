/** The token stands behind the #: browsers send it to no server, and no log on the way holds it. */
export const invitationPath = (token: string): string => `/join#${token}`;
