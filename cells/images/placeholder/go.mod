module placeholder

go 1.27
