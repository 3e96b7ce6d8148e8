"""Go, by the SDK's request that calls any operation by its name."""

from json import dumps

from localyun.samples.described import Described

TITLE, FILE = "Go", "main.go"


def write(call: Described) -> str:
    """Return a program that calls and prints the answer."""
    given = "\n".join(
        f"\trequest.QueryParams[{dumps(name)}] = {dumps(value, ensure_ascii=False)}"
        for name, value in call.parameters.items()
    )
    return f"""\
// go get github.com/aliyun/alibaba-cloud-sdk-go/sdk
package main

import (
	"fmt"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

func main() {{
	client, err := sdk.NewClientWithAccessKey("{call.region}", "{call.aim.key_id}", "{call.aim.secret}")
	if err != nil {{
		panic(err)
	}}
	request := requests.NewCommonRequest()
	request.Method = "POST"
	request.Scheme = "http"
	request.Domain = "{call.aim.address}"
	request.Version = "{call.version}"
	request.ApiName = "{call.action}"
{given}
	response, err := client.ProcessCommonRequest(request)
	if err != nil {{
		panic(err)
	}}
	fmt.Println(response.GetHttpContentString())
}}
"""
