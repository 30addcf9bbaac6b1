package account

import (
	"strings"

	"pulse/internal/mail"
)

// letter is what a message says. Names are not in it: whoever makes an account
// chooses one, and must not be able to write to others with it.
type letter struct{ subject, text string }

func (l letter) to(address string) mail.Message {
	return mail.Message{To: address, Subject: l.subject, Text: "Hello,\n\n" + strings.TrimSpace(l.text) + "\n"}
}

func resetLetter(publicURL, link string) letter {
	return letter{"A new password for Pulse", `
somebody, most likely you, asked for a new password for your account at
` + publicURL + `

To choose one, open this link within an hour. It works once, and lets
whoever has it into your account, so keep it to yourself.

` + link + `

If it was not you, there is nothing to do. Your password stays as it is.
`}
}

func verifyLetter(publicURL, link string) letter {
	return letter{"Is this your e-mail address?", `
an account with this e-mail address was made at
` + publicURL + `

If it is yours, open this link within a day, in the browser in which you
are signed in there:

` + link + `

If you did not make the account, do not open it. Somebody wrote your address,
perhaps by mistake, and there is nothing else to do.
`}
}

func changeLetter(publicURL, link string) letter {
	return letter{"Is this your new e-mail address?", `
somebody, most likely you, wants to use this e-mail address for their account at
` + publicURL + `

To do so, open this link within a day, in the browser in which you are
signed in there:

` + link + `

If it was not you, do not open the link. Nothing happens without it.
`}
}

func takenLetter(publicURL string) letter {
	return letter{"This e-mail address has an account already", `
somebody wants to use this e-mail address for another account at
` + publicURL + `

There is an account with it already, so nothing was changed. If it was you,
sign in to that account, or choose another address. If it was not you, there
is nothing to do.
`}
}

func changingLetter(address string) func(string) letter {
	return func(publicURL string) letter {
		return letter{"Your e-mail address is about to be changed", `
somebody, most likely you, asked to change the e-mail address of your account at
` + publicURL + `
to ` + address + `

It is changed when the link that we sent to that address is opened.

If it was not you, choose a new password at once. That signs everybody out
and makes the link worthless:

` + publicURL + linkHelp + `
`}
	}
}

func changedLetter(address string) func(string) letter {
	return func(publicURL string) letter {
		return letter{"Your e-mail address was changed", `
the e-mail address of your account at
` + publicURL + `
is now ` + address + `

We will not write to this address any more. If it was not you, tell the
administrator of this Pulse.
`}
	}
}

func passwordLetter(publicURL string) letter {
	return letter{"Your password was changed", `
the password of your account was changed at
` + publicURL + `

API keys, if you have any, go on working. You can see and revoke them here:

` + publicURL + keysPage + `

If it was not you, choose a new one at once, and tell the administrator of
this Pulse:

` + publicURL + linkHelp + `
`}
}

// The pages on which one asks for a new password, and sees one's API keys.
const (
	linkHelp = "/forgot"
	keysPage = settingsPage + "/keys"
)
