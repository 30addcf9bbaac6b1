package demo

// Patient is what decoders read from.
var Patient = patient

// Look takes the place of whoever looks at a picture.
func Look() (leave func()) {
	looking <- struct{}{}
	return func() { <-looking }
}
