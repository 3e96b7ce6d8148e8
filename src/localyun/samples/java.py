"""Java, by the SDK's request that calls any operation by its name."""

from json import dumps

from localyun.samples.described import Described

TITLE, FILE = "Java", "Call.java"


def write(call: Described) -> str:
    """Return a program that calls and prints the answer."""
    given = "\n".join(
        f"        request.putQueryParameter({dumps(name)}, {dumps(value, ensure_ascii=False)});"
        for name, value in call.parameters.items()
    )
    return f"""\
// com.aliyun:aliyun-java-sdk-core:4.6.4
import com.aliyuncs.CommonRequest;
import com.aliyuncs.DefaultAcsClient;
import com.aliyuncs.IAcsClient;
import com.aliyuncs.http.MethodType;
import com.aliyuncs.http.ProtocolType;
import com.aliyuncs.profile.DefaultProfile;

public class Call {{
    public static void main(String[] arguments) throws Exception {{
        IAcsClient client = new DefaultAcsClient(DefaultProfile.getProfile(
            "{call.region}", "{call.aim.key_id}", "{call.aim.secret}"));
        CommonRequest request = new CommonRequest();
        request.setSysMethod(MethodType.POST);
        request.setSysProtocol(ProtocolType.HTTP);
        request.setSysDomain("{call.aim.address}");
        request.setSysVersion("{call.version}");
        request.setSysAction("{call.action}");
{given}
        System.out.println(client.getCommonResponse(request).getData());
    }}
}}
"""
